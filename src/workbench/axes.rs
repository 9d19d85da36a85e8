//! What the axes of an action mean: names and SI units, where the layout is known.

/// What belongs on one scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisGroup {
    /// Displacement of the gripper in one step.
    Translation,
    /// Rotation of the gripper in one step.
    Rotation,
    /// Opening of the gripper: 0 is closed, 1 is open.
    Gripper,
    /// Not known.
    Unknown,
}

/// One axis of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionAxis {
    /// Short name, also the column of a CSV file.
    pub name: String,
    /// What it is measured with.
    pub group: AxisGroup,
}

/// The seven axes of a gripper moved by pose deltas, as Open X-Embodiment data and InternVLA-M1 order them.
const POSE_DELTA: [(&str, AxisGroup); 7] = [
    ("dx", AxisGroup::Translation),
    ("dy", AxisGroup::Translation),
    ("dz", AxisGroup::Translation),
    ("droll", AxisGroup::Rotation),
    ("dpitch", AxisGroup::Rotation),
    ("dyaw", AxisGroup::Rotation),
    ("gripper", AxisGroup::Gripper),
];

/// The axes of an action of `count` numbers: named for seven, numbered otherwise.
#[must_use]
pub fn action_axes(count: usize) -> Vec<ActionAxis> {
    if count == POSE_DELTA.len() {
        return POSE_DELTA
            .iter()
            .map(|(name, group)| ActionAxis {
                name: (*name).to_owned(),
                group: *group,
            })
            .collect();
    }
    (0..count)
        .map(|at| ActionAxis {
            name: format!("a{at}"),
            group: AxisGroup::Unknown,
        })
        .collect()
}

impl AxisGroup {
    /// Every group, in the order they are shown.
    pub const ALL: [Self; 4] = [
        Self::Translation,
        Self::Rotation,
        Self::Gripper,
        Self::Unknown,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Translation => "translation",
            Self::Rotation => "rotation",
            Self::Gripper => "gripper",
            Self::Unknown => "actions",
        }
    }

    /// Its SI unit for one step; empty where it has none or it is not known.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Translation => "m",
            Self::Rotation => "rad",
            Self::Gripper | Self::Unknown => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_axes_have_names_and_any_other_count_numbers() {
        let seven = action_axes(7);
        assert_eq!(seven[0].name, "dx");
        assert_eq!(seven[5].group.unit(), "rad");
        assert_eq!(seven[6].group, AxisGroup::Gripper);
        let names: Vec<String> = action_axes(3).into_iter().map(|axis| axis.name).collect();
        assert_eq!(names, ["a0", "a1", "a2"]);
        assert!(action_axes(0).is_empty());
    }
}
