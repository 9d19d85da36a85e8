//! Reads a planner's reply into groundings.
