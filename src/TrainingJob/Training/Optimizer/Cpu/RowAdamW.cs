using System.Numerics;
using System.Runtime.InteropServices;
using Droptune.TrainingJob.Model;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Optimizer.Cpu;

/// <summary>
/// AdamW over a table of which a batch uses few rows (word embeddings on the CPU). A row that no batch uses would still decay
/// and move by its moments: that is made up for when the row is next used, step by step, so the result is AdamW's own and
/// a step costs what its rows cost.
/// </summary>
public sealed class RowAdamW : IDisposable
{
    /// <summary>Begins the name of the steps that rows are at, in <see cref="State"/>.</summary>
    public const string StepPrefix = "step.";

    // After this many steps without a gradient the first moment is below 1e-13 of what it was: only decay is left.
    private const int LongestMotion = 300;

    private readonly Weight _table;
    private readonly double _rateScale;
    private readonly double _weightDecay;
    private readonly int _width;
    private readonly Tensor _first;
    private readonly Tensor _second;
    private readonly Tensor _upToDate; // int32, the step that each row is at
    private readonly int[] _slots; // row → slot in this step's gradients, or -1
    private readonly List<double> _rates = [0]; // by step
    private readonly List<double> _kept = [1]; // what decay leaves of a weight from step 0 to a step
    private readonly List<int> _rows = []; // slot → row
    private float[] _gradients = [];

    public RowAdamW(Weight table, double weightDecay, double rateScale)
    {
        (_table, _weightDecay, _rateScale) = (table, weightDecay, rateScale);
        _width = (int)table.Value.shape[1];
        _first = zeros_like(table.Value).DetachFromDisposeScope();
        _second = zeros_like(table.Value).DetachFromDisposeScope();
        _upToDate = zeros(table.Value.shape[0], ScalarType.Int32).DetachFromDisposeScope();
        _slots = new int[table.Value.shape[0]];
        Array.Fill(_slots, -1);
    }

    private int Steps => _rates.Count - 1;

    /// <summary>Brings the rows that a batch is about to read up to date.</summary>
    public void Use(ReadOnlySpan<int> ids)
    {
        var added = _rows.Count;
        foreach (var id in ids)
        {
            if (_slots[id] < 0)
            {
                _slots[id] = _rows.Count;
                _rows.Add(id);
            }
        }

        CatchUp(_rows[added..]);
        if (_gradients.Length < _rows.Count * _width)
        {
            Array.Resize(ref _gradients, _rows.Count * _width * 2);
        }
    }

    /// <summary>Adds the gradients (N, width) of looked-up rows, after <see cref="Use"/>.</summary>
    public void Add(ReadOnlySpan<int> ids, Tensor gradients)
    {
        var values = new Floats(gradients);
        for (var n = 0; n < ids.Length; n++)
        {
            var sum = _gradients.AsSpan(_slots[ids[n]] * _width, _width);
            var value = values.Slice(n * _width, _width);
            var i = 0;
            for (; i <= _width - Vector<float>.Count; i += Vector<float>.Count)
            {
                (new Vector<float>(sum[i..]) + new Vector<float>(value[i..])).CopyTo(sum[i..]);
            }

            for (; i < _width; i++)
            {
                sum[i] += value[i];
            }
        }
    }

    public double SumOfSquares() => AdamStep.SumOfSquares(_gradients.AsSpan(0, _rows.Count * _width));

    /// <summary>Updates the rows used since the last step with <paramref name="scale"/> times their gradients.</summary>
    public void Step(double learningRate, double scale)
    {
        AddRate(learningRate);
        var step = new AdamStep(Steps, _rates[^1], _weightDecay);
        var (table, first, second) = (new Floats(_table.Value), new Floats(_first), new Floats(_second));
        Parallel.For(0, _rows.Count, slot =>
        {
            var start = _rows[slot] * _width;
            step.Apply(
                table.Slice(start, _width), _gradients.AsSpan(slot * _width, _width),
                first.Slice(start, _width), second.Slice(start, _width), (float)scale);
        });

        var upToDate = MemoryMarshal.Cast<byte, int>(_upToDate.bytes);
        foreach (var row in _rows)
        {
            upToDate[row] = Steps;
        }

        Forget();
    }

    /// <summary>Drops the gradients added since the last step.</summary>
    public void Forget()
    {
        foreach (var row in _rows)
        {
            _slots[row] = -1;
        }

        Array.Clear(_gradients, 0, _rows.Count * _width);
        _rows.Clear();
    }

    /// <summary>Brings the whole table up to date, before it is evaluated or saved.</summary>
    public void CatchUp() => CatchUp([.. Enumerable.Range(0, _slots.Length)]);

    /// <summary>The moments, and the step that each row is at, for a checkpoint.</summary>
    public IEnumerable<(string Name, Tensor Value)> State() =>
        [($"first.{_table.Name}", _first), ($"second.{_table.Name}", _second), ($"{StepPrefix}{_table.Name}", _upToDate)];

    /// <summary>Continues after steps with the given learning rates; what belongs to them is copied into <see cref="State"/>.</summary>
    public void Continue(IEnumerable<double> rates)
    {
        foreach (var rate in rates)
        {
            AddRate(rate);
        }
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _upToDate.Dispose();
    }

    private void AddRate(double learningRate)
    {
        var rate = learningRate * _rateScale;
        _rates.Add(rate);
        _kept.Add(_kept[^1] * (1 - (rate * _weightDecay)));
    }

    private void CatchUp(List<int> rows)
    {
        var upToDate = MemoryMarshal.Cast<byte, int>(_upToDate.bytes);
        var from = new int[rows.Count];
        for (var i = 0; i < from.Length; i++)
        {
            from[i] = upToDate[rows[i]];
            upToDate[rows[i]] = Steps;
        }

        var (table, first, second) = (new Floats(_table.Value), new Floats(_first), new Floats(_second));
        Parallel.For(0, from.Length, i =>
        {
            var start = rows[i] * _width;
            CatchUp(from[i], table.Slice(start, _width), first.Slice(start, _width), second.Slice(start, _width));
        });
    }

    private void CatchUp(int from, Span<float> row, Span<float> first, Span<float> second)
    {
        var end = IsStill(first) ? from : Math.Min(Steps, from + LongestMotion);
        for (var step = from + 1; step <= end; step++)
        {
            new AdamStep(step, _rates[step], _weightDecay).ApplyWithoutGradient(row, first, second);
        }

        if (IsStill(first))
        {
            first.Clear(); // numbers this small would make every later operation slow
        }

        if (end < Steps)
        {
            Scale(row, _kept[Steps] / _kept[end]);
            Scale(second, Math.Pow(AdamStep.Beta2, Steps - end));
            first.Clear();
        }
    }

    private static bool IsStill(ReadOnlySpan<float> moment) => !moment.ContainsAnyExceptInRange(-1e-25f, 1e-25f);

    private static void Scale(Span<float> values, double factor)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= (float)factor;
        }
    }
}
