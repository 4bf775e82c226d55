"""`make bench`: what Ventanilla takes in time, CPU and memory, measured on a real installation."""
