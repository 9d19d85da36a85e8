"""A training step of the same shapes in PyTorch with transformers: the peer of `spvla bench train`.

    python -m venv peer && peer/bin/pip install torch transformers torchvision
    peer/bin/python tests/bench/pytorch_train_peer.py --shape tiny
    spvla bench train --shape tiny --device cpu --json

Random weights in f32. A step is forwards, backwards, clipping and AdamW. Stage "grounding": pictures with packed
questions that do not see each other, of which the answers are learnt. Stage "action": one instruction a picture, the
diffusion loss with each sample drawn four times. Names of the rows are those of `spvla bench train --json`.
"""

import argparse
import json
import statistics
import time

import torch
from torch import nn

from pytorch_peer import Dino, Dit, QFormer

HEAD, QUESTION, LEARNT, REPEATS = 9, 26, 12, 4
VOCABULARY = 416
SHAPES = {
    "tiny": dict(hidden_size=128, num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2,
                 intermediate_size=384),
    "small": dict(hidden_size=192, num_hidden_layers=6, num_attention_heads=6, num_key_value_heads=3,
                  intermediate_size=576),
}
VISION = dict(depth=4, hidden_size=128, intermediate_size=384, num_heads=4, patch_size=14, spatial_merge_size=2,
              temporal_patch_size=2, window_size=112, fullatt_block_indexes=[3], tokens_per_second=2)


def planner(shape):
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    sizes = SHAPES[shape]
    rope = {"type": "default", "rope_type": "default", "mrope_section": [4, 6, 6], "rope_theta": 30.0}
    config = Qwen2_5_VLConfig(
        **sizes, vocab_size=VOCABULARY, tie_word_embeddings=False, rms_norm_eps=1e-6, rope_scaling=rope,
        image_token_id=VOCABULARY - 1, vision_start_token_id=VOCABULARY - 2,
        vision_config=dict(VISION, out_hidden_size=sizes["hidden_size"]), attn_implementation="sdpa")
    return Qwen2_5_VLForConditionalGeneration(config).train()


class Model(nn.Module):
    def __init__(self, shape, side):
        super().__init__()
        self.qwen = planner(shape)
        self.dino = Dino(96, 3, 6)
        self.qformer = QFormer(SHAPES[shape]["hidden_size"], 96, width=128)
        self.dit = Dit(128, 4, 4)
        self.side = side // 28

    def states(self, batch, questions):
        """Last hidden states of packed pictures `[batch, N, H]`."""
        inner = self.qwen.model
        cells = self.side ** 2
        grids = torch.tensor([[1, 2 * self.side, 2 * self.side]] * batch)
        found = inner.visual(torch.randn(batch * 4 * cells, 1176), grid_thw=grids)
        found = getattr(found, "pooler_output", found)
        head = HEAD + cells
        length = head + questions * QUESTION
        words = torch.arange(length).repeat(batch, 1) % 200
        states = self.qwen.get_input_embeddings()(words)
        states = torch.cat([states[:, :HEAD], found.reshape(batch, cells, -1), states[:, head:]], 1)
        segment = torch.cat([torch.zeros(head), torch.arange(1, questions + 1).repeat_interleave(QUESTION)])
        own = (segment[:, None] == segment[None]) | (segment[None] == 0)
        mask = own & torch.ones(length, length).tril().bool()
        mask = torch.zeros(length, length).masked_fill(~mask, torch.finfo(torch.float32).min)
        place = torch.cat([torch.arange(head), torch.arange(head, head + QUESTION).repeat(questions)])
        out = inner.language_model(
            inputs_embeds=states, attention_mask={"full_attention": mask.expand(batch, 1, -1, -1)},
            position_ids=place.expand(3, batch, -1), use_cache=False)
        return out.last_hidden_state

    def grounding(self, batch, questions):
        states = self.states(batch, questions)
        words = states[:, -questions * QUESTION:].reshape(batch * questions, QUESTION, -1)[:, -LEARNT - 1:-1]
        logits = self.qwen.lm_head(words.reshape(-1, words.shape[-1]))
        return nn.functional.cross_entropy(logits, torch.arange(len(logits)) % 200)

    def action(self, batch):
        states = self.states(batch, 1)
        features = self.dino(torch.randn(batch, 3, 224, 224))
        read = torch.cat([states, self.qformer.image(features)], 1)
        read = self.qformer.proj(read)
        queries = self.qformer.queries.expand(batch, -1, -1)
        asked = self.qformer.norm1(queries)
        queries = queries + self.qformer.cross(asked, read, read, need_weights=False)[0]
        condition = queries + self.qformer.mlp(self.qformer.norm2(queries))
        condition = condition.repeat(REPEATS, 1, 1)
        noise = torch.randn(len(condition), 16, 7)
        times = torch.arange(len(condition)) * 13 % 100
        return nn.functional.mse_loss(self.dit(noise, times, condition), torch.randn_like(noise))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shape", choices=SHAPES, default="tiny")
    parser.add_argument("--side", type=int, default=112)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--questions", type=int, default=5)
    parser.add_argument("--steps", type=int, default=10)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    model = Model(arguments.shape, arguments.side)
    update = torch.optim.AdamW(model.parameters(), lr=1e-4)
    rows = []
    for stage in ("grounding", "action"):
        times = []
        for _ in range(arguments.steps + 1):
            start = time.perf_counter()
            loss = (model.grounding(arguments.batch, arguments.questions) if stage == "grounding"
                    else model.action(arguments.batch))
            update.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            update.step()
            times.append((time.perf_counter() - start) * 1e3)
        step = statistics.mean(times[1:])
        rows.append({"stage": stage, "step_ms": step, "samples_per_second": arguments.batch * 1e3 / step})
    print(json.dumps({
        "schema": 1, "shape": arguments.shape, "threads": torch.get_num_threads(), "torch": torch.__version__,
        "parameters": sum(p.numel() for p in model.parameters()), "rows": rows}, indent=2))


if __name__ == "__main__":
    main()
