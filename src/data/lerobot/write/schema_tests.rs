//! What we write looks like what LeRobot writes.

use super::*;
use crate::data::lerobot::fixture_tests::fixture;

#[test]
fn the_schema_is_that_of_lerobot() {
    let folder = tempfile::tempdir().unwrap();
    let mut like = Episodes::open(&fixture("lerobot_v30_images")).unwrap();
    let features = like.info().features.iter().filter(|feature| {
        !feature.is_camera() && !crate::data::lerobot::BOOKKEEPING.contains(&feature.name.as_str())
    });
    let spec = DatasetSpec {
        features: features.cloned().collect(),
        robot_type: like.info().robot_type.clone(),
        cameras: vec![CameraSpec {
            name: "observation.images.overhead".into(),
            width: 80,
            height: 60,
        }],
        storage: PictureStorage::Png,
        ..DatasetSpec::new(Version::V30, 10)
    };
    let mut writer = LeRobotWriter::create(folder.path(), &spec).unwrap();
    for episode in 0..2 {
        writer.begin().unwrap();
        let rows = like.rows(episode, &[]).unwrap();
        for row in 0..rows.length {
            let mut step = StepRow::new();
            for feature in &spec.features {
                let values = rows.column(&feature.name).unwrap().row(row).unwrap();
                step = step.numbers(&feature.name, values);
            }
            let picture = like.frame(episode, row as u64, "overhead").unwrap();
            writer.push_frame(&step, &[picture]).unwrap();
        }
        let task = like.episode(episode).unwrap().tasks[0].clone();
        writer.finish_episode(&task).unwrap();
    }
    writer.finalize(&JobContext::silent()).unwrap();
    let ours = |name: &str| folder.path().join(name);
    let theirs = |name: &str| fixture("lerobot_v30_images").join(name);
    for name in [
        "data/chunk-000/file-000.parquet",
        "meta/episodes/chunk-000/file-000.parquet",
    ] {
        let described = |path: &Path| {
            let table = crate::data::table::Table::open(path).unwrap();
            table.described()
        };
        assert_eq!(described(&ours(name)), described(&theirs(name)), "{name}");
    }
    let info = |path: PathBuf| json::read(&path.join("meta/info.json")).unwrap();
    let (mut found, wanted) = (info(ours("")), info(theirs("")));
    found["video_path"] = wanted["video_path"].clone();
    assert_eq!(found, wanted);
    let mut set = Episodes::open(folder.path()).unwrap();
    for episode in 0..2 {
        let (found, wanted) = (
            set.rows(episode, &[]).unwrap(),
            like.rows(episode, &[]).unwrap(),
        );
        assert_eq!(found, wanted);
        for row in 0..10 {
            let (found, wanted) = (
                set.frame(episode, row, "overhead"),
                like.frame(episode, row, "overhead"),
            );
            assert_eq!(found.unwrap().rgba(), wanted.unwrap().rgba());
        }
    }
    let (found, wanted) = (
        set.statistics().unwrap().clone(),
        like.statistics().unwrap(),
    );
    for name in ["action", "observation.state"] {
        let pairs = found[name].mean.iter().zip(&wanted[name].mean);
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6));
    }
}
