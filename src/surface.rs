//! uncramp's own topics.
