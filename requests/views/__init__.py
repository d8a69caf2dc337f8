"""Pages. They translate between HTTP and the verbs, and decide nothing."""
