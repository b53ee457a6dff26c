"""The peer: BERT in PyTorch as it is usually fine-tuned: bfloat16 autocast, SDPA, fused AdamW, clipping; joint tags and label.

peer.py VOCAB TRAIN.CONLL base|mini|tiny MODE…    MODE: a token budget a batch, sentences of like length together, or
classic = 16 sentences padded to 128. Prints a JSON line an epoch: mode, real tokens a second.
peer.py VOCAB CORPUS.TXT.GZ mini masked           pre-training: 131,072 tokens a batch, a fifth of the pieces to guess, drawn on the GPU.
Environment: PEER_MASKED_SECONDS=15, PEER_DEVICE=cuda, PEER_EPOCHS=3, PEER_SENTENCES (all), PEER_CLASSIC_STEPS=200.
"""
import gzip
import json
import os
import random
import re
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

SIZES = {'base': (12, 768), 'mini': (4, 256), 'tiny': (2, 128)}
MAX_LENGTH = 128


def sentences(path):
    words = []
    for line in open(path, encoding='utf-8'):
        line = line.rstrip('\n')
        if line.startswith('# ') and '\t' not in line:
            continue
        if line:
            words.append(line.split('\t')[0])
        elif words:
            yield words
            words = []
    if words:
        yield words


def encode(words, vocab):
    """Greedy WordPiece of words that are split already."""
    ids = [vocab['[CLS]']]
    for word in words:
        pieces, start = [], 0
        while start < len(word):
            end = next((e for e in range(len(word), start, -1) if ('##' if start else '') + word[start:e] in vocab), None)
            if end is None:
                pieces = [vocab['[UNK]']]
                break
            pieces.append(vocab[('##' if start else '') + word[start:end]])
            start = end
        ids += pieces
    return ids[:MAX_LENGTH - 1] + [vocab['[SEP]']]


class PlainLayer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.heads = width // 64
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x, mask):
        split = lambda t: t.view(x.shape[0], x.shape[1], self.heads, 64).transpose(1, 2)
        attended = F.scaled_dot_product_attention(
            split(self.query(x)), split(self.key(x)), split(self.value(x)), mask, 0.1 if self.training else 0)
        x = self.norm1(self.dropout(self.out(attended.transpose(1, 2).reshape(x.shape))) + x)
        return self.norm2(self.dropout(self.outer(F.gelu(self.inner(x)))) + x)


class PlainBert(nn.Module):
    """The layers of transformers' BertModel, for a machine that does not have it."""

    def __init__(self, pieces, layers, width):
        super().__init__()
        self.words, self.places, self.types = nn.Embedding(pieces, width), nn.Embedding(512, width), nn.Embedding(2, width)
        self.norm, self.dropout = nn.LayerNorm(width, eps=1e-12), nn.Dropout(0.1)
        self.layers = nn.ModuleList(PlainLayer(width) for _ in range(layers))
        self.pool = nn.Linear(width, width)

    def forward(self, ids, mask):
        x = self.words(ids) + self.places(torch.arange(ids.shape[1], device=ids.device)) + self.types(torch.zeros_like(ids))
        x = self.dropout(self.norm(x))
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :].bool())
        return x, torch.tanh(self.pool(x[:, 0]))


class HuggingFaceBert(nn.Module):
    def __init__(self, pieces, layers, width):
        super().__init__()
        from transformers import BertConfig, BertModel
        self.bert = BertModel(BertConfig(
            vocab_size=pieces, hidden_size=width, num_hidden_layers=layers, num_attention_heads=width // 64,
            intermediate_size=4 * width, attn_implementation='sdpa'))

    def forward(self, ids, mask):
        out = self.bert(ids, attention_mask=mask)
        return out.last_hidden_state, out.pooler_output


class Joint(nn.Module):
    def __init__(self, pieces, layers, width):
        super().__init__()
        try:
            self.bert = HuggingFaceBert(pieces, layers, width)
        except ImportError:
            self.bert = PlainBert(pieces, layers, width)
        self.tags, self.label = nn.Linear(width, 79), nn.Linear(width, 7)

    def forward(self, ids, mask, tags, labels):
        hidden, pooled = self.bert(ids, mask)
        return (F.cross_entropy(self.tags(hidden).float().flatten(0, 1), tags.flatten(), ignore_index=-100)
                + F.cross_entropy(self.label(pooled).float(), labels))


def plan(encoded, mode):
    order = list(range(len(encoded)))
    if mode == 'classic':
        random.shuffle(order)
        batches = [order[i:i + 16] for i in range(0, len(order), 16)]
        return batches[:int(os.environ.get('PEER_CLASSIC_STEPS', 200))]
    batches, batch, width = [], [], 0
    for i in sorted(order, key=lambda i: (len(encoded[i]), random.random())):
        wider = max(width, len(encoded[i]))
        if batch and wider * (len(batch) + 1) > int(mode):
            batches.append(batch)
            batch, wider = [], len(encoded[i])
        batch.append(i)
        width = wider
    batches.append(batch)
    random.shuffle(batches)
    return batches


def train(encoded, pieces, size, mode, device):
    torch.manual_seed(0)
    random.seed(0)
    net = Joint(pieces, *SIZES[size]).to(device).train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4, **({'fused': True} if device == 'cuda' else {}))
    wait = torch.cuda.synchronize if device == 'cuda' else lambda: None
    for _ in range(1 if mode == 'classic' else int(os.environ.get('PEER_EPOCHS', 3))):
        wait()
        start, tokens = time.time(), 0
        for batch in plan(encoded, mode):
            width = MAX_LENGTH if mode == 'classic' else max(len(encoded[i]) for i in batch)
            ids, mask = (torch.zeros(len(batch), width, dtype=torch.long) for _ in range(2))
            tags = torch.full((len(batch), width), -100)
            for row, i in enumerate(batch):
                length = len(encoded[i])
                ids[row, :length] = torch.tensor(encoded[i])
                mask[row, :length] = 1
                tags[row, :length] = torch.tensor(encoded[i]) % 79
                tokens += length
            labels = torch.tensor([i % 7 for i in batch])
            with torch.autocast(device, dtype=torch.bfloat16):
                loss = net(ids.to(device), mask.to(device), tags.to(device), labels.to(device))
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        wait()
        print(json.dumps({'mode': mode, 'tokensPerSecond': tokens / (time.time() - start), 'model': type(net.bert).__name__}), flush=True)


class Guesser(nn.Module):
    """The head that guesses pieces; its output matrix is that of the word embeddings."""

    def __init__(self, pieces, layers, width):
        super().__init__()
        self.bert = PlainBert(pieces, layers, width)
        self.dense, self.norm, self.bias = nn.Linear(width, width), nn.LayerNorm(width, eps=1e-12), nn.Parameter(torch.zeros(pieces))

    def forward(self, ids, mask, places):
        hidden, _ = self.bert(ids, mask)
        return F.linear(self.norm(F.gelu(self.dense(hidden.flatten(0, 1)[places]))), self.bert.words.weight, self.bias)


def pretrain(encoded, vocab, size, device, tokens=131072):
    torch.manual_seed(0)
    random.seed(0)
    net = Guesser(len(vocab), *SIZES[size]).to(device).train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4, **({'fused': True} if device == 'cuda' else {}))
    wait = torch.cuda.synchronize if device == 'cuda' else lambda: None
    tokens = tokens if device == 'cuda' else 4096
    batches = [torch.tensor([encoded[i] + [0] * (max(len(encoded[j]) for j in batch) - len(encoded[i])) for i in batch], device=device)
               for batch in plan(encoded, str(tokens))]
    mask_id, seconds = vocab['[MASK]'], float(os.environ.get('PEER_MASKED_SECONDS', 15))
    start = seen = steps = None
    while start is None or time.time() - start < seconds:
        ids = random.choice(batches)
        target = (torch.rand(ids.shape, device=device) < 0.2) & (ids > 4)
        chance = torch.rand(ids.shape, device=device)
        read = torch.where(target & (chance < 0.8), mask_id, ids)
        read = torch.where(target & (chance >= 0.9), torch.randint(5, len(vocab), ids.shape, device=device), read)
        places = target.flatten().nonzero().squeeze(1)
        with torch.autocast(device, dtype=torch.bfloat16):
            logits = net(read, ids != 0, places)
        F.cross_entropy(logits.float(), ids.flatten()[places]).backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if start is None:
            steps = 0 if steps is None else steps + 1
            if steps >= (20 if device == 'cuda' else 1):  # the first set much up
                wait()
                start, seen = time.time(), 0
        else:
            seen += int((ids != 0).sum()) if device == 'cpu' else ids.numel()
    wait()
    print(json.dumps({'mode': 'masked', 'tokensPerSecond': seen / (time.time() - start), 'model': 'PlainBert'}), flush=True)


def main():
    vocabulary, data, size, *modes = sys.argv[1:]
    vocab = {piece.rstrip('\n'): i for i, piece in enumerate(open(vocabulary, encoding='utf-8'))}
    if modes == ['masked']:
        lines = [re.findall(r'\w+|[^\w\s]', line.lower()) for line in gzip.open(data, 'rt', encoding='utf-8')]
        encoded = [encode(words, vocab) for words in lines if len(words) > 2]
        pretrain(encoded, vocab, size, os.environ.get('PEER_DEVICE', 'cuda'))
        return
    limit = int(os.environ.get('PEER_SENTENCES', 0)) or None
    encoded = [encode(words, vocab) for words in sentences(data)][:limit]
    for mode in modes:
        train(encoded, len(vocab), size, mode, os.environ.get('PEER_DEVICE', 'cuda'))


main()
