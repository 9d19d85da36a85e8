"""Random seeks and playing of a dataset's videos: spvla and PyAV in one run, on the same file.

    python3 -m venv v && v/bin/pip install av numpy
    v/bin/python tests/bench/seek_against_pyav.py target/release/spvla DATASET [CAMERA]

PyAV does what lerobot's `pyav` backend does: seek to the key frame at or before the time, decode forward to the frame,
convert to RGB. Both decode on one thread.
"""

import json
import pathlib
import random
import statistics
import subprocess
import sys
import time

import av

SEEKS = 200


def spvla(program, root, camera):
    arguments = [program, "dataset", "bench", root, "--seeks", str(SEEKS), "--json"]
    if camera:
        arguments += ["--camera", camera]
    return json.loads(subprocess.run(arguments, check=True, capture_output=True).stdout)


def opened(path):
    container = av.open(str(path))
    stream = container.streams.video[0]
    stream.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    return container, stream


def pyav(path):
    container, stream = opened(path)
    rate, count = float(stream.average_rate), stream.frames
    container.close()
    # The file stays open, as spvla keeps it open.
    container, stream = opened(path)
    chooser, times = random.Random(0), []
    for _ in range(SEEKS):
        wanted = chooser.randrange(count) / rate
        start = time.perf_counter()
        container.seek(int(wanted / stream.time_base), stream=stream, backward=True)
        for frame in container.decode(stream):
            if frame.time >= wanted - 1e-4:
                frame.to_ndarray(format="rgb24")
                break
        times.append((time.perf_counter() - start) * 1e3)
    container.close()
    container, stream = opened(path)
    start, played = time.perf_counter(), 0
    for frame in container.decode(stream):
        frame.to_ndarray(format="rgb24")
        played += 1
        if played == 600:
            break
    seconds = time.perf_counter() - start
    return statistics.median(times), played / seconds, rate


def main():
    program, root = sys.argv[1], sys.argv[2]
    ours = spvla(program, root, sys.argv[3] if len(sys.argv) > 3 else None)
    videos = sorted(pathlib.Path(root).glob(f"videos/**/{ours['camera']}/**/*.mp4"))
    videos = videos or sorted(pathlib.Path(root).glob(f"videos/{ours['camera']}/**/*.mp4"))
    seek, played, rate = pyav(videos[0])
    print(f"{ours['camera']} {ours['width']}x{ours['height']} {ours['codec']}")
    print(f"  seek p50   spvla {ours['seek_p50_ms']:7.2f} ms   PyAV {seek:7.2f} ms")
    print(f"  playing    spvla {ours['played_per_second']:7.1f} /s   PyAV {played:7.1f} /s   ({rate:g} /s is real time)")


if __name__ == "__main__":
    main()
