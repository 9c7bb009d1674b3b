"""Whether a request is permitted, and why.  Pure: values in, a decision with its reasons out."""
