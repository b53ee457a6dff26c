using Droptune.TrainingJob.Model;
using TorchSharp;
using static Droptune.TrainingJob.Onnx.GraphBuilder;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Onnx;

/// <summary>
/// What <see cref="Distances"/> adds to the scores of attention, in operators of the ONNX standard. What a layer makes of a distance does not
/// depend on what is asked: the graph holds its queries and keys, not the embeddings.
/// </summary>
internal sealed class DistanceScores
{
    private readonly GraphBuilder _graph;
    private readonly ModelConfig _config;
    private readonly string _length;
    private readonly long[] _rows;
    private readonly float[] _embeddings;

    /// <param name="graph">Where it is added.</param>
    /// <param name="parameters">Those of the model.</param>
    /// <param name="config">How distances become rows.</param>
    /// <param name="length">Name of a batch's length, [1].</param>
    public DistanceScores(GraphBuilder graph, BertParameters parameters, ModelConfig config, string length)
    {
        (_graph, _config, _length) = (graph, config, length);
        _rows = PositionBuckets.OfDistances(config, config.MaxLength);

        using var scope = NewDisposeScope();
        var hidden = config.HiddenSize;
        var table = tensor(parameters.Get(BertWeights.Distances, 2 * config.DistanceBuckets!.Value, hidden)).view(-1, hidden);
        var used = table.narrow(0, _rows[0], _rows[^1] - _rows[0] + 1);
        var (weight, bias) = (parameters.Get($"{BertWeights.DistancesNorm}.weight", hidden), parameters.Get($"{BertWeights.DistancesNorm}.bias", hidden));
        _embeddings = Values(nn.functional.layer_norm(used, [hidden], tensor(weight), tensor(bias), config.LayerNormEps));
    }

    /// <summary>What is added, (batch, heads, length, length).</summary>
    /// <param name="query">Of the pieces, (batch, heads, length, size).</param>
    /// <param name="key">The same.</param>
    /// <param name="layer">Whose attention it is.</param>
    /// <param name="projection">Weight (inputs, outputs) and bias of its query and key.</param>
    public string Of(string query, string key, string layer, Func<string, (float[] Weight, float[]? Bias)> projection)
    {
        var keys = Columns(Projected($"{layer}.key", projection), "farthest behind first", [.. _rows.Reverse()]);
        var queries = Columns(Projected($"{layer}.query", projection), "farthest before first", _rows);
        return _graph.Add("Add", [Shifted(query, keys), _graph.Add("Transpose", [Shifted(key, queries)], Ints("perm", 0, 1, 3, 2))]);
    }

    /// <summary>A projection of the embeddings, (heads, rows, size).</summary>
    private string Projected(string name, Func<string, (float[] Weight, float[]? Bias)> projection)
    {
        using var scope = NewDisposeScope();
        var (hidden, heads) = (_config.HiddenSize, _config.NumAttentionHeads);
        var (weight, bias) = projection(name);
        var projected = nn.functional.linear(tensor(_embeddings).view(-1, hidden), tensor(weight).view(hidden, hidden).t(), tensor(bias!));
        return _graph.Weight<float>($"{name} of distances", [heads, projected.shape[0], hidden / heads], Values(projected.view(-1, heads, hidden / heads).transpose(0, 1)));
    }

    /// <summary>The projections of each distance from -length to length, or the other way round, as (heads, size, 2 · length + 1).</summary>
    private string Columns(string projected, string order, long[] rows)
    {
        var all = _graph.Weight<long>(order, [rows.Length], [.. rows.Select(row => row - _rows[0])]);
        var middle = _graph.Weight<long>("longest", [1], [_config.MaxLength]);
        var end = _graph.AddOnce("Add", [_graph.AddOnce("Add", [middle, _length]), _graph.Weight<long>("[1]", [1], [1])]);
        var used = _graph.AddOnce("Slice", [all, _graph.AddOnce("Sub", [middle, _length]), end]);
        return _graph.Add("Transpose", [_graph.Add("Gather", [projected, used], Int("axis", 1))], Ints("perm", 0, 2, 1));
    }

    /// <summary>The products of each piece with the distances that it has from the others, cut out as in <see cref="Distances"/>.</summary>
    private string Shifted(string pieces, string columns)
    {
        var all = _graph.Add("Reshape", [_graph.Add("MatMul", [pieces, columns]), _graph.Weight<long>("[0, 0, -1]", [3], [0, 0, -1])]);
        var rest = _graph.Add("Slice", [all, _length, _graph.Weight<long>("[all]", [1], [long.MaxValue]), _graph.Weight<long>("[2]", [1], [2])]);
        var shape = _graph.AddOnce("Concat", [_graph.Weight<long>("[0, 0]", [2], [0, 0]), _length, _graph.Weight<long>("[-1]", [1], [-1])], Int("axis", 0));
        return _graph.Add("Slice", [_graph.Add("Reshape", [rest, shape]), _graph.Weight<long>("[0]", [1], [0]), _length, _graph.Weight<long>("[3]", [1], [3])]);
    }

    private static float[] Values(torch.Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
