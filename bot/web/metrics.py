"""The numbers that a monitor collects; in a registry of its own, so that two bots in one process do not mix."""

from collections.abc import Callable, Iterable
from math import nan

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.web.vital import Vital

# Seconds until a page is answered: the first rungs of the escalation ladder lie at one to five minutes.
_ANSWER_BUCKETS = (5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600)


class Metrics:
    """Counters to be raised where something happens, beside gauges that are read from `vital` at each collection."""

    def __init__(self, vital: Callable[[], Vital]) -> None:
        self.registry = CollectorRegistry(auto_describe=False)
        self.page_sent = Counter(
            "page_sent", "Pages by what became of them", ("channel", "result"), registry=self.registry
        )
        self.page_ack_seconds = Histogram(
            "page_ack_seconds", "Time from page to answer", buckets=_ANSWER_BUCKETS, registry=self.registry
        )
        self.undecryptable_events = Counter(
            "undecryptable_events", "Messages that could not be read", registry=self.registry
        )
        self.malformed_to_device = Counter(
            "malformed_to_device", "Device messages that were refused", registry=self.registry
        )
        self.room_not_made = Counter(
            "room_not_made", "Tries to make an incident room that failed", registry=self.registry
        )
        self.registry.register(_Gauges(vital))


class _Gauges(Collector):
    def __init__(self, vital: Callable[[], Vital]) -> None:
        self._vital = vital

    def collect(self) -> Iterable[Metric]:
        vital = self._vital()
        outbox = GaugeMetricFamily("outbox_depth", "Messages that wait to be sent", labels=("lane",))
        for lane, depth in sorted(vital.outbox.items()):
            outbox.add_metric((lane,), depth)
        yield outbox
        overdue = GaugeMetricFamily("overdue", "What should have happened by now and did not", labels=("what",))
        for what, number in sorted(vital.overdue.items()):
            overdue.add_metric((what,), number)
        yield overdue
        up = GaugeMetricFamily("channel_up", "Whether pages go over the channel", labels=("channel",))
        worked = GaugeMetricFamily(
            "channel_last_success_seconds", "Time since the channel last took a page", labels=("channel",)
        )
        for channel, found in sorted(vital.channels.items()):
            up.add_metric((channel,), found.up)
            worked.add_metric((channel,), nan if found.success_age is None else found.success_age)
        yield up
        yield worked
        sync_age = nan if vital.sync_age is None else vital.sync_age
        yield GaugeMetricFamily("sync_age_seconds", "Time since the last sync", value=sync_age)
        yield GaugeMetricFamily("tick_lag_seconds", "How late the last tick was", value=vital.tick_lag)
        yield GaugeMetricFamily("incidents_open", "Incidents that are open", value=vital.incidents_open)
