"""What a trained model is: one file a kind, the zoo that keeps them, their cards."""
