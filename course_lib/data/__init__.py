"""Pictures and pairs: files in, tensors in [−1, 1] out."""
