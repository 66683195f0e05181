"""The channels beside Matrix, one module each: what they send, what they make of the answer, and what they can take back."""
