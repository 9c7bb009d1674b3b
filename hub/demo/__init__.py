"""A synthetic community and the story that `hub demo` tells."""
