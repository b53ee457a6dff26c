"""Runs what gpu.sh packed, and prints each ratio as soon as it is measured. measure.py PACK WORK; see gpu.sh."""
import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time

PACK, WORK = sys.argv[1:]
APP = os.environ['APP'].split()
CPU = os.environ.get('GPU_DEVICE') == 'cpu'  # the course, not figures
DEADLINE = time.time() + float(os.environ.get('GPU_S', 360)) - 5
ONLY = os.environ.get('ONLY', '').split()
BASE, MINI = ('tiny', 'tiny') if CPU else ('base', 'mini')
SNIPS, BANKING = f'{PACK}/snips', f'{PACK}/banking77'
WARM_STEPS = 5 if CPU else 50


def left():
    return max(1.0, DEADLINE - time.time())


def wanted(name):
    return not ONLY or any(name.startswith(only) for only in ONLY)


def ratio(name, value, target):
    print(f'RATIO {name} {"-" if value is None else format(value, ".4f" if target < 0 else ".2f")} {target}', flush=True)


class Training:
    """One run of the program; on a terminal of its own, so that it says four times a second how far it is."""

    def __init__(self, name, dataset, size, options, prefix=(), gpu=True, watch=False):
        self.name, self.out, self.marks = name, f'{WORK}/{name}', []
        subprocess.run(['rm', '-rf', self.out], check=True)
        spec = f'{WORK}/{name}.json'
        with open(spec, 'w') as file:
            json.dump({'base': {'name': 'scratch', 'size': size}, 'optimisation': options}, file)
        env = dict(os.environ, TERM='xterm', **({} if gpu else {'CUDA_VISIBLE_DEVICES': ''}), **({'OMP_NUM_THREADS': '2'} if prefix else {}))
        main, side = pty.openpty()
        self.started = time.time()
        self.process = subprocess.Popen(
            [*prefix, *APP, 'train', dataset, '--out', self.out, '--spec', spec], stdin=subprocess.DEVNULL, stdout=side, stderr=side, env=env,
            start_new_session=True)
        os.close(side)
        self.busy = Busy() if watch else None
        self.reader = threading.Thread(target=self.read, args=(main,), daemon=True)
        self.reader.start()

    def read(self, terminal):
        self.text = ''
        while True:
            try:
                part = os.read(terminal, 65536).decode('utf-8', 'replace')
            except OSError:
                part = ''
            if not part:
                os.close(terminal)
                return
            self.text = (self.text + part)[-4000:]
            for stage, epoch, epochs, percent in re.findall(r'(training) epoch (\d+)/(\d+) \S* +(\d+) %', part):
                self.marks.append((time.time(), int(percent)))

    def wait(self):
        """The run's record, or None where it failed or the time is over."""
        try:
            code = self.process.wait(left())
        except subprocess.TimeoutExpired:
            code = 'too late'
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.reader.join(2)
        if self.busy:
            self.busy.end()
        if code != 0:
            print(f'FAILED {self.name} ({code}): {self.text[-300:]!r}', flush=True)
            return None
        record = json.load(open(f'{self.out}/training.json'))
        env, curve = record['environment'], record['curve']
        print(f'RUN {self.name}: {time.time() - self.started:.1f} s, {env["device"]}, {env["precision"]}, {record["options"]["batchTokens"]} tokens a batch, '
              f'{[round(e["tokensPerSecond"]) for e in curve][-4:]} tokens/s, main {record["dev"]["main"]:.4f}, check {record["onnxCheck"]["largestDifference"]:.1e}, '
              f'GPU memory {(env.get("gpuMemoryUsed") or 0) / 2**30:.1f} GiB', flush=True)
        return record

    def busy_after(self, steps_done_percent):
        begin = next((at for at, percent in self.marks if percent >= steps_done_percent), None)
        return self.busy.mean(begin, self.marks[-1][0]) if begin else None


class Busy:
    """The GPU's utilization each 0.2 s."""

    def __init__(self):
        self.samples = []
        try:
            self.process = subprocess.Popen(
                ['nvidia-smi', '--query-gpu=utilization.gpu', '--format=csv,noheader,nounits', '-lms', '200', '-i', '0'], stdout=subprocess.PIPE, text=True)
        except OSError:
            self.process = None
            return
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            if line.strip().isdigit():
                self.samples.append((time.time(), int(line) / 100))

    def end(self):
        if self.process:
            self.process.terminate()
            self.process.wait()

    def mean(self, begin, end):
        inside = [value for at, value in self.samples if begin <= at <= end]
        return sum(inside) / len(inside) if inside else None


def speed(record):
    """The median of all epochs but the first, which sets much up."""
    if record is None:
        return None
    rates = sorted(epoch['tokensPerSecond'] for epoch in record['curve'][1:])
    return rates[len(rates) // 2]


def peer(vocabulary, size, *modes):
    """Tokens a second by mode, the best epoch of each; what failed or took too long is left out."""
    env = dict(os.environ, PEER_DEVICE='cpu' if CPU else 'cuda', **({'PEER_SENTENCES': '200', 'PEER_CLASSIC_STEPS': '4', 'PEER_EPOCHS': '2'} if CPU else {}))
    rates = {}
    try:
        done = subprocess.run(
            [sys.executable, f'{PACK}/peer.py', vocabulary, f'{SNIPS}/train.conll', size, *map(str, modes)], env=env, capture_output=True, text=True, timeout=left())
    except subprocess.TimeoutExpired:
        print('FAILED peer: too late', flush=True)
        return rates
    if done.returncode != 0:
        print(f'FAILED peer: {done.stderr[-300:]!r}', flush=True)
    for line in map(json.loads, done.stdout.splitlines()):
        rates[line['mode']] = max(rates.get(line['mode'], 0), line['tokensPerSecond'])
        print(f'PEER {size} {line["mode"]}: {line["tokensPerSecond"]:.0f} tokens/s, {line["model"]}', flush=True)
    return rates


def over(ours, theirs):
    return ours / theirs if ours and theirs else None


def options(**more):
    return {'earlyStopping': None, **more}


def main():
    epochs = (lambda n: 2) if CPU else (lambda n: n)
    if wanted('base'):
        small = Training('base-4096', SNIPS, BASE, options(epochs=epochs(4), batchTokens=4096)).wait()
        vocabulary = f'{WORK}/base-4096/vocab.txt'
        rates = peer(vocabulary, BASE, 4096, 16384, 'classic') if small else {}
        ratio('base-4096-of-peer', over(speed(small), rates.get('4096')), 1.2)
        run = Training('base-16384', SNIPS, BASE, options(epochs=epochs(30), batchTokens=16384), watch=True)
        large = run.wait()
        ratio('base-16384-of-peer', over(speed(large), rates.get('16384')), 1.1)
        steps = large['curve'][-1]['step'] if large else 1
        ratio('base-16384-gpu-busy', run.busy_after(100 * WARM_STEPS / steps) if large else None, 0.85)
        defaults = Training('base-defaults', SNIPS, BASE, options(epochs=epochs(4))).wait()
        ratio('base-defaults-of-classic', over(speed(defaults), rates.get('classic')), 30)
    if wanted('mini'):
        ours = Training('mini-4096', SNIPS, MINI, options(epochs=epochs(6), batchTokens=4096)).wait()
        rates = peer(f'{WORK}/mini-4096/vocab.txt', MINI, 4096) if ours else {}
        ratio('mini-4096-of-peer', over(speed(ours), rates.get('4096')), 1.5)
    if wanted('tiny'):
        gpu = Training('tiny-defaults', SNIPS, 'tiny', options(epochs=epochs(6))).wait()
        cores = Training('tiny-two-cores', SNIPS, 'tiny', options(epochs=2), prefix=('taskset', '-c', '0,1'), gpu=False).wait()
        ratio('tiny-defaults-of-two-cores', over(speed(gpu), speed(cores)), 5)
    if wanted('pretrain'):
        pretraining()
    if wanted('score'):
        scores()


def pretraining():
    """Tokens a second of `pretrain` over the peer's loop of the same kind; the peer draws what it hides on the GPU, and counts padding too."""
    corpus, out = f'{PACK}/corpus.txt.gz', f'{WORK}/pretrained'
    subprocess.run(['rm', '-rf', out], check=True)
    done = subprocess.run(
        [*APP, 'pretrain', corpus, '--out', out, '--size', MINI, '--max-minutes', '0.3', '--epochs', '10000'], capture_output=True, text=True, timeout=left())
    if done.returncode != 0:
        print(f'FAILED pretrain: {(done.stdout + done.stderr)[-300:]!r}', flush=True)
        return
    record = json.load(open(f'{out}/pretraining.json'))
    print(f'RUN pretrain: {record["steps"]} steps in {record["seconds"]:.1f} s, {record["machine"]}, guessed right {record["guessedRight"]:.3f}', flush=True)
    peers = subprocess.run(
        [sys.executable, f'{PACK}/peer.py', f'{out}/vocab.txt', corpus, MINI, 'masked'], capture_output=True, text=True, timeout=left(),
        env=dict(os.environ, PEER_DEVICE='cpu' if CPU else 'cuda', **({'PEER_MASKED_SECONDS': '3'} if CPU else {})))
    rate = json.loads(peers.stdout)['tokensPerSecond'] if peers.returncode == 0 else print(f'FAILED peer: {peers.stderr[-300:]!r}', flush=True)
    ours = speed(record)
    print(f'PEER masked: {rate} tokens/s, ours {ours}', flush=True)
    ratio('pretrain-of-peer', over(ours, rate), 0.7)


def scores():
    """16 bits minus float32 in points of the main score, the mean over seeds and both datasets; four runs at once."""
    differences = {}
    waiting = [(name, data, seed, precision) for seed in (1,) * CPU or (1, 2, 3) for name, data in (('snips', SNIPS), ('banking77', BANKING))
               for precision in ('float32', 'bfloat16' if CPU else 'auto')]
    running, scored = [], {}
    while waiting or running:
        while waiting and len(running) < (1 if CPU else 4):
            name, data, seed, precision = waiting.pop(0)
            settings = {'seed': seed, 'precision': precision, **({'epochs': 1} if CPU else {})}
            running.append(((name, seed, precision == 'float32'), Training(f'score-{name}-{seed}-{precision}', data, 'tiny', settings)))
        key, run = running.pop(0)
        record = run.wait()
        if record:
            scored[key] = record['dev']['main']
    for (name, seed, is_full), value in scored.items():
        if not is_full and (name, seed, True) in scored:
            differences.setdefault(name, []).append(100 * (value - scored[name, seed, True]))
    for name, values in differences.items():
        print(f'SCORE {name}: {[round(v, 2) for v in values]} points', flush=True)
        ratio(f'score-{name}-16-bits-minus-float32', sum(values) / len(values), -0.3)


main()
