"""What sensors measure: readings of joints, thinned for charts."""
