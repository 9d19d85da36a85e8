"""Opens LeRobot datasets that spvla wrote with lerobot itself, and compares rows and frames with spvla's own reading.

    python3 -m venv v && v/bin/pip install lerobot==0.4.4
    v/bin/python tests/bench/open_with_lerobot.py target/release/spvla DATASET [DATASET ...]

Version 3.0 is opened by lerobot 0.4 and later; version 2.1 is first converted by `spvla dataset convert`. Every
episode's first, middle and last row is loaded with all cameras; a frame may differ from spvla's by two levels in the
mean, which is the rounding of the colour conversion. Exit status 1 when anything differs.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image


def run(spvla, *arguments):
    done = subprocess.run([spvla, "dataset", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{arguments}: {done.stderr}{done.stdout}")
    return done.stdout


def compare(spvla, root, folder):
    from lerobot.datasets.lerobot_dataset import LeRobotDataset

    about = json.loads(run(spvla, "info", root, "--json"))
    if about["version"] != "v3.0":
        copy = str(folder / "v30")
        run(spvla, "convert", root, copy, "--to", "lerobot-v3.0")
        root, about = copy, json.loads(run(spvla, "info", copy, "--json"))
    # torchcodec needs the libraries of an installed FFmpeg; PyAV brings its own.
    dataset = LeRobotDataset("local/set", root=root, video_backend="pyav")
    assert dataset.num_episodes == about["episodes"], "episodes"
    assert dataset.num_frames == about["frames"], "frames"
    assert dataset.fps == about["fps"], "fps"
    worst, start, seen = 0.0, 0, 0
    for episode, length in enumerate(about["lengths"]):
        for row in sorted({0, length // 2, length - 1}):
            item = dataset[start + row]
            assert item["episode_index"].item() == episode and item["frame_index"].item() == row
            assert item["task"] in about["tasks"], item["task"]
            for camera in about["cameras"]:
                name = camera["name"]
                png = str(folder / "frame.png")
                run(spvla, "frame", root, "--episode", str(episode), "--index", str(row),
                    "--camera", name, "--out", png)
                ours = np.asarray(Image.open(png).convert("RGB"), dtype=np.float64)
                theirs = item[name].numpy().transpose(1, 2, 0) * 255.0
                assert ours.shape == theirs.shape, (ours.shape, theirs.shape)
                worst = max(worst, np.abs(ours - theirs).mean())
                seen += 1
        start += length
    for name, stats in about["statistics"].items():
        theirs = dataset.meta.stats[name]
        for key in ["min", "max", "mean", "std"]:
            assert np.allclose(stats[key], theirs[key], atol=1e-6), (name, key)
    print(f"{root}: {about['episodes']} episodes, {about['frames']} rows, {seen} frames compared, "
          f"largest mean difference {worst:.2f} levels")
    return worst <= 2.0


def main():
    spvla, roots = sys.argv[1], sys.argv[2:]
    good = True
    for root in roots:
        with tempfile.TemporaryDirectory() as folder:
            good &= compare(spvla, root, pathlib.Path(folder))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
