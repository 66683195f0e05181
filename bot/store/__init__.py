"""SQL rows: the log, the directory of incidents, inbox and outbox, rooms and channels; functions over a connection.

Every function takes the connection of the caller's transaction, so that what belongs together is committed together.
"""
