"""The same shapes in PyTorch with transformers, timed like `spvla bench model`: the peer of its numbers.

    python -m venv peer && peer/bin/pip install torch transformers torchvision
    peer/bin/python tests/bench/pytorch_peer.py --shape 3b --views 2 --device cpu
    spvla bench model --shape 3b --random --views 2 --device cpu --json

Random weights in bf16 (DiT and QFormer in f32, as the original runs them). Every stage runs once to warm up and then
three times, of which the median counts. Rows and their names are those of `spvla bench model --json`. The 3B shape
needs about 12 GB of memory on the CPU.
"""

import argparse
import json
import resource
import statistics
import time

import torch
from torch import nn

REPEATS = 3
SIDE = 224
PROMPT_WORDS = 60
REPLY_TOKENS = 16
STEPS = 10
GUIDANCE = 1.5

VISION = dict(depth=32, hidden_size=1280, intermediate_size=3420, num_heads=16, patch_size=14,
              spatial_merge_size=2, temporal_patch_size=2, window_size=112,
              fullatt_block_indexes=[7, 15, 23, 31], tokens_per_second=2)
PLANNERS = {
    "3b": dict(hidden_size=2048, intermediate_size=11008, num_hidden_layers=36, num_attention_heads=16,
               num_key_value_heads=2, vocab_size=151936, tie_word_embeddings=True, mrope=[16, 24, 24]),
    "7b": dict(hidden_size=3584, intermediate_size=18944, num_hidden_layers=28, num_attention_heads=28,
               num_key_value_heads=4, vocab_size=152064, tie_word_embeddings=False, mrope=[16, 24, 24]),
}


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        x = nn.functional.scaled_dot_product_attention(q, k, v)
        return self.proj(x.transpose(1, 2).reshape(b, n, c))


class Block(nn.Module):
    def __init__(self, width, heads, affine=True, scale=False, tanh=False):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6, elementwise_affine=affine)
        self.norm2 = nn.LayerNorm(width, eps=1e-6, elementwise_affine=affine)
        self.attn = Attention(width, heads)
        gelu = nn.GELU(approximate="tanh" if tanh else "none")
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), gelu, nn.Linear(4 * width, width))
        self.scales = nn.Parameter(torch.ones(2, width)) if scale else None

    def forward(self, x):
        for at, (norm, part) in enumerate(((self.norm1, self.attn), (self.norm2, self.mlp))):
            y = part(norm(x))
            x = x + (y if self.scales is None else self.scales[at] * y)
        return x


class Dino(nn.Module):
    """DINOv2 ViT-L/14 at 224 px."""

    def __init__(self, width=1024, depth=24, heads=16):
        super().__init__()
        self.embed = nn.Conv2d(3, width, 14, 14)
        self.cls = nn.Parameter(torch.zeros(1, 1, width))
        self.position = nn.Parameter(torch.randn(1, 1 + (SIDE // 14) ** 2, width) * 0.02)
        self.blocks = nn.Sequential(*[Block(width, heads, scale=True) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6)

    def forward(self, pixels):
        x = self.embed(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.position
        return self.norm(self.blocks(x))[:, 1:]


class QFormer(nn.Module):
    """One layer over the last hidden state."""

    def __init__(self, read, features, width=768, queries=64, heads=8):
        super().__init__()
        self.image = nn.Linear(features, read)
        self.proj = nn.Linear(read, width)
        self.queries = nn.Parameter(torch.randn(1, queries, width))
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.cross = nn.MultiheadAttention(width, heads, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, state, features):
        read = self.proj(torch.cat([state, self.image(features.reshape(1, -1, features.shape[-1]))], 1))
        x = self.queries + self.cross(self.norm1(self.queries), read, read, need_weights=False)[0]
        return x + self.mlp(self.norm2(x))


class Dit(nn.Module):
    """DiT-B over 64 condition tokens and 16 actions of 7 axes."""

    def __init__(self, width=768, depth=12, heads=12, tokens=64, horizon=16, axes=7):
        super().__init__()
        self.horizon = horizon
        self.x = nn.Linear(axes, width)
        self.z = nn.Linear(width, width)
        self.t = nn.Sequential(nn.Linear(256, width), nn.SiLU(), nn.Linear(width, width))
        self.uncondition = nn.Parameter(torch.zeros(1, tokens, width))
        self.position = nn.Parameter(torch.randn(1, tokens + horizon, width) * 0.02)
        self.blocks = nn.Sequential(*[Block(width, heads, affine=False, tanh=True) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6, elementwise_affine=False)
        self.out = nn.Linear(width, axes)

    def forward(self, x, t, z):
        rates = torch.exp(-torch.arange(128, device=x.device) * (9.210340371976184 / 128))
        waves = t[:, None].float() * rates
        t = self.t(torch.cat([waves.cos(), waves.sin()], -1).to(x.dtype))
        tokens = torch.cat([t[:, None] + self.z(z), self.x(x)], 1) + self.position
        return self.out(self.norm(self.blocks(tokens)[:, -self.horizon:]))

    def sample(self, condition, noise):
        betas = torch.linspace(0, 1, 101, dtype=torch.float64)
        kept = torch.cos((betas + 0.008) / 1.008 * torch.pi / 2) ** 2
        alphas = torch.cumprod(1 - (1 - kept[1:] / kept[:-1]).clamp(max=0.999), 0)
        times = list(range(0, 100, 100 // STEPS))
        z = torch.cat([condition, self.uncondition])
        x = noise
        for at in reversed(range(STEPS)):
            alpha = alphas[times[at]].item()
            after = alphas[times[at - 1]].item() if at else 1.0
            t = torch.full((2,), times[at], device=x.device)
            with_, without = self(torch.cat([x, x]), t, z).chunk(2)
            eps = without + GUIDANCE * (with_ - without)
            clean = (x - (1 - alpha) ** 0.5 * eps) / alpha ** 0.5
            x = after ** 0.5 * clean + (1 - after) ** 0.5 * eps
        return x


def planner(shape, device):
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    sizes = dict(PLANNERS[shape])
    rope = {"type": "default", "rope_type": "default", "mrope_section": sizes.pop("mrope")}
    config = Qwen2_5_VLConfig(
        **sizes, rope_theta=1e6, rms_norm_eps=1e-6, rope_scaling=rope, image_token_id=151655,
        vision_start_token_id=151652, vision_config=dict(VISION, out_hidden_size=sizes["hidden_size"]),
        attn_implementation="sdpa")
    torch.set_default_dtype(torch.bfloat16)
    with torch.device(device):
        model = Qwen2_5_VLForConditionalGeneration(config).eval()
    torch.set_default_dtype(torch.float32)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=PLANNERS, default="3b")
    parser.add_argument("--views", type=int, default=2)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    device, views = torch.device(arguments.device), arguments.views
    rows = []

    def wait():
        if device.type == "cuda":
            torch.cuda.synchronize()

    def timed(stage, work, repeats=REPEATS):
        result = work()
        wait()
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            result = work()
            wait()
            times.append((time.perf_counter() - start) * 1e3)
        rows.append({"stage": stage, "ms": statistics.median(times), "per_second": None})
        return result

    torch.manual_seed(0)
    start = time.perf_counter()
    qwen = planner(arguments.shape, device)
    width = qwen.lm_head.in_features
    with torch.device(device):
        dino = Dino().to(torch.bfloat16).eval()
        qformer, dit = QFormer(width, 1024).eval(), Dit().eval()
    wait()
    rows.append({"stage": "load", "ms": (time.perf_counter() - start) * 1e3, "per_second": None})

    side = SIDE // 14
    grids = torch.tensor([[1, side, side]] * views, device=device)
    pixels = torch.randn(views * side * side, 1176, device=device, dtype=torch.bfloat16)
    image = [151652] + [151655] * (side * side // 4)
    ids = torch.tensor([image * views + [1 + word % 500 for word in range(PROMPT_WORDS)]], device=device)
    mask = torch.ones_like(ids)
    inner = getattr(qwen, "model", qwen)
    visual = getattr(inner, "visual", None) or qwen.visual

    with torch.inference_mode():
        timed("vision", lambda: visual(pixels, grid_thw=grids))
        # The whole forward includes the tower; its time is taken off, so that rows can be added.
        states = timed("prefill", lambda: qwen(
            input_ids=ids, attention_mask=mask, pixel_values=pixels, image_grid_thw=grids,
            output_hidden_states=True, logits_to_keep=1, use_cache=False).hidden_states[-1])
        rows[-1]["ms"] -= rows[-2]["ms"]
        frames = torch.randn(views, 3, SIDE, SIDE, device=device, dtype=torch.bfloat16)
        features = timed("dino", lambda: dino(frames))
        state, features = states.float(), features.float()
        condition = timed("qformer", lambda: qformer(state, features))
        noise = torch.randn(1, 16, 7, device=device)
        timed("dit", lambda: dit.sample(condition, noise))
        total = sum(row["ms"] for row in rows[1:])
        rows.append({"stage": "action query", "ms": total, "per_second": 1e3 / total})

        def reply(tokens):
            return qwen.generate(
                input_ids=ids, attention_mask=mask, pixel_values=pixels, image_grid_thw=grids,
                max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False)

        # From the first token to the last: a reply of one token is the part before.
        timed("first", lambda: reply(1))
        timed("decode", lambda: reply(REPLY_TOKENS))
        first = rows.pop(-2)
        rows[-1]["ms"] -= first["ms"]
        rows[-1]["per_second"] = (REPLY_TOKENS - 1) * 1e3 / rows[-1]["ms"]

    parts = [qwen, dino, qformer, dit]
    report = {
        "model": f"{arguments.shape} shape, random weights, PyTorch {torch.__version__}",
        "device": str(device), "precision": "bf16", "views": views,
        "parameters": sum(p.numel() for part in parts for p in part.parameters()),
        "weight_bytes": sum(p.numel() * p.element_size() for part in parts for p in part.parameters()),
        "peak_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "device_memory_bytes": torch.cuda.max_memory_allocated() if device.type == "cuda" else None,
        "prompt_tokens": ids.shape[1], "rows": rows,
    }
    print(json.dumps({"schema": 1, "report": report}, indent=2))


if __name__ == "__main__":
    main()
