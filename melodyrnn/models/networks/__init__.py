"""Networks, for TensorFlow and for NumPy."""
