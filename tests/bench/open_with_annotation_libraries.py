#!/usr/bin/env python3
"""Opens annotation datasets written by `spvla dataset convert` with the libraries they are meant for.

    python3 -m venv /tmp/annotation_libraries
    /tmp/annotation_libraries/bin/pip install pycocotools labelme label-studio-sdk datumaro ultralytics pyarrow
    /tmp/annotation_libraries/bin/python tests/bench/open_with_annotation_libraries.py FOLDER

FOLDER holds one folder per format, named as the format: coco, labelme, label_studio, cvat, yolo, pixmo, conversation. Each is
opened by its own library, and the counts are printed. A library that is not installed is said and passed over. The exit code
is 1 where a library refuses what it is given.
"""

import importlib
import json
import sys
from pathlib import Path


def coco(folder: Path) -> str:
    from pycocotools.coco import COCO

    data = COCO(str(folder / "annotations.json"))
    areas = 0
    for annotation in data.loadAnns(data.getAnnIds()):
        if annotation["segmentation"]:
            mask = data.annToMask(annotation)
            areas += 1
            assert abs(int(mask.sum()) - annotation["area"]) < 0.5, annotation["id"]
    for image in data.dataset["images"]:
        assert (folder / "images" / image["file_name"]).is_file(), image
    return f"{len(data.imgs)} images, {len(data.anns)} annotations, {areas} areas agree with pycocotools"


def labelme(folder: Path) -> str:
    module = importlib.import_module("labelme._label_file") if has("labelme._label_file") else importlib.import_module("labelme.label_file")
    reader = getattr(module, "LabelFile", None)
    shapes, files = 0, sorted(folder.rglob("*.json"))
    for path in files:
        if reader is not None:
            shapes += len(reader(filename=str(path)).shapes)
        else:
            shapes += len(module.read_label_file(str(path)).shapes)
    return f"{len(files)} files, {shapes} shapes"


def label_studio(folder: Path) -> str:
    from label_studio_sdk._extensions.label_studio_tools.core.label_config import parse_config
    from label_studio_sdk.converter import Converter
    import tempfile

    config = (folder / "config.xml").read_text()
    controls = parse_config(config)
    tasks = json.loads((folder / "tasks.json").read_text())
    with tempfile.TemporaryDirectory() as out:
        converter = Converter(config=config, project_dir=None, download_resources=False)
        converter.convert_to_coco(str(folder / "tasks.json"), out, is_dir=False, output_image_dir=str(folder / "images"))
        found = json.loads((Path(out) / "result.json").read_text())
    return f"{len(tasks)} tasks, {len(controls)} controls, its converter finds {len(found['annotations'])} boxes and outlines"


def cvat(folder: Path) -> str:
    from datumaro.components.dataset import Dataset

    data = Dataset.import_from(str(folder), "cvat")
    return f"{len(data)} items, {sum(len(item.annotations) for item in data)} annotations"


def yolo(folder: Path) -> str:
    from ultralytics.data.dataset import YOLODataset
    import yaml

    data = yaml.safe_load((folder / "data.yaml").read_text())
    task = "detect"
    for path in (folder / "labels").rglob("*.txt"):
        if any(len(line.split()) > 6 for line in path.read_text().splitlines()):
            task = "segment"
    names = {int(key): value for key, value in data["names"].items()}
    opened = YOLODataset(img_path=str(folder / data["train"]), data={"names": names, "channels": 3}, task=task, augment=False)
    boxes = sum(len(label["bboxes"]) for label in opened.labels)
    return f"{len(opened)} images, {boxes} objects, read as {task}"


def pixmo(folder: Path) -> str:
    import pyarrow.parquet

    rows = pyarrow.parquet.read_table(folder / "pixmo.parquet").to_pylist()
    assert all(row["count"] == len(row["points"]) for row in rows)
    return f"{len(rows)} rows, {sum(row['count'] for row in rows)} points"


def conversation(folder: Path) -> str:
    records = [json.loads(line) for line in (folder / "annotations.jsonl").read_text().splitlines()]
    boxes = 0
    for record in records:
        images = record.get("image", [])
        images = [images] if isinstance(images, str) else images
        tags = sum(turn["value"].count("<image>") for turn in record["conversations"])
        assert tags == len(images), record
        assert all((folder / image).is_file() for image in images), images
        boxes += sum(turn["value"].count("bbox_2d") for turn in record["conversations"])
    return f"{len(records)} records, {boxes} boxes"


def has(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    failed = False
    for check in (coco, labelme, label_studio, cvat, yolo, pixmo, conversation):
        folder = Path(sys.argv[1]) / check.__name__
        if not folder.is_dir():
            print(f"{check.__name__:<14} not there")
            continue
        try:
            print(f"{check.__name__:<14} {check(folder)}")
        except ImportError as error:
            print(f"{check.__name__:<14} passed over: {error}")
        except Exception as error:  # Whatever a library says is the finding.
            failed = True
            print(f"{check.__name__:<14} FAILED: {type(error).__name__}: {error}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
