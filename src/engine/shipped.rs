//! What is shipped inside the program: a tiny checkpoint and sample pictures.
