using static TorchSharp.torch;

namespace Droptune.TrainingJob.Model;

/// <summary>
/// The parameters of a BERT model with its heads, in float32 unless asked for otherwise, in the order of the layers. Query, key and value are kept as one
/// matrix, because one multiplication is faster than three; <see cref="Named"/> shows every parameter by Hugging Face's name.
/// </summary>
public sealed class BertWeights : IDisposable
{
    public const string WordEmbeddings = "bert.embeddings.word_embeddings.weight";

    public const string TypeEmbeddings = "bert.embeddings.token_type_embeddings.weight";

    /// <summary>By bucket of the distance and head.</summary>
    public const string PositionBias = "bert.encoder.relative_attention_bias.weight";

    /// <summary>By bucket of the distance.</summary>
    public const string Distances = "bert.encoder.rel_embeddings.weight";

    public const string DistancesNorm = "bert.encoder.LayerNorm";

    public const string FinalNorm = "bert.final_norm";

    public const string LanguageHead = "cls.predictions";

    public const string Pooler = "bert.pooler.dense";

    internal static readonly string[] Projections = ["query", "key", "value"];

    private readonly Dictionary<string, Weight> _byName = [];
    private readonly List<Weight> _all = [];
    private readonly ModelConfig _config;
    private readonly Device _device;

    private Weight[] _order = [];
    private Tensor? _flat;

    /// <summary>Random weights as BERT starts: normal with the configuration's range, biases 0, norms 1.</summary>
    /// <param name="config">Sizes and labels.</param>
    /// <param name="device">Where to.</param>
    /// <param name="language">With the head that guesses pieces instead of those for the task.</param>
    /// <param name="pooled">Beside that head with the layer that makes a vector of a text.</param>
    public BertWeights(ModelConfig config, Device device, bool language = false, bool pooled = false)
    {
        (_config, _device) = (config, device);
        var hidden = config.HiddenSize;

        Matrix(WordEmbeddings, 0, config.VocabSize, hidden);
        if (config.Family.HasPositions)
        {
            Matrix("bert.embeddings.position_embeddings.weight", 0, config.MaxPositionEmbeddings, hidden);
        }

        if (config.Family.HasTokenTypes)
        {
            Matrix(TypeEmbeddings, 0, config.TypeVocabSize, hidden);
        }

        if (config.Family.HasPositionBias)
        {
            Matrix(PositionBias, 0, PositionBuckets.Count, config.NumAttentionHeads); // of every layer: it belongs to none of them
        }

        if (config.Family.HasDistances)
        {
            Matrix(Distances, 0, 2 * config.DistanceBuckets!.Value, hidden);
            Norm(DistancesNorm, 0);
        }

        Norm("bert.embeddings.LayerNorm", 0);
        for (var i = 0; i < config.NumHiddenLayers; i++)
        {
            var layer = $"bert.encoder.layer.{i}";
            if (config.Family.IsPreNorm)
            {
                PreNormLayer(layer, i);
                continue;
            }

            Linear($"{layer}.attention.self.qkv", i + 1, 3 * hidden, hidden);
            Linear($"{layer}.attention.output.dense", i + 1, hidden, hidden);
            Norm($"{layer}.attention.output.LayerNorm", i + 1);
            Linear($"{layer}.intermediate.dense", i + 1, config.IntermediateSize, hidden);
            Linear($"{layer}.output.dense", i + 1, hidden, config.IntermediateSize);
            Norm($"{layer}.output.LayerNorm", i + 1);
        }

        if (config.Family.IsPreNorm)
        {
            Norm(FinalNorm, config.NumHiddenLayers);
        }

        var heads = config.NumHiddenLayers + 1;
        if (language || config.Family.HasSharedHead)
        {
            Linear($"{LanguageHead}.transform.dense", heads, hidden, hidden);
            Norm($"{LanguageHead}.transform.LayerNorm", heads);
        }

        if (language)
        {
            Add($"{LanguageHead}.bias", heads, zeros(config.VocabSize, device: device), decays: false);
        }

        if (language ? pooled : config.Task.HasTextLabels() && !config.Family.HasSharedHead)
        {
            Linear(Pooler, heads, hidden, hidden);
        }

        if (language)
        {
            return;
        }

        Linear("classifier", heads, config.Id2Label?.Count ?? 2, hidden);
        if (config.Task == TaskKind.Joint)
        {
            Linear("text_classifier", heads, config.TextLabelNames.Count, hidden);
        }
    }

    private BertWeights(BertWeights other, Tensor flat)
    {
        (_config, _device, _flat) = (other._config, other._device, flat.DetachFromDisposeScope());
        foreach (var (weight, view) in Views(other._flat is null ? other._all : other._order, flat))
        {
            Add(weight.Name, weight.Layer, view, weight.Decays);
        }

        _order = [.. _all];
    }

    public IReadOnlyList<Weight> All => _all;

    /// <summary>The tensors that hold the values: one after <see cref="Flatten"/>, else one for each weight.</summary>
    public IReadOnlyList<Tensor> Storage => _flat is null ? [.. _all.Select(weight => weight.Value)] : [_flat];

    public Tensor? Find(string name) => _byName.GetValueOrDefault(name)?.Value;

    public Tensor this[string name] => _byName[name].Value;

    /// <summary>The values of these weights, or of those with their names.</summary>
    public IEnumerable<Tensor> InOrderOf(IEnumerable<Weight> weights) => weights.Select(weight => this[weight.Name]);

    /// <summary>Every parameter by Hugging Face's name: views, so what is written to them changes the model.</summary>
    public IEnumerable<(string Name, Tensor View)> Named()
    {
        foreach (var weight in _all)
        {
            if (!weight.Name.Contains(".qkv.", StringComparison.Ordinal))
            {
                yield return (weight.Name, weight.Value.detach());
                continue;
            }

            for (var i = 0; i < Projections.Length; i++)
            {
                var name = weight.Name.Replace("qkv", Projections[i], StringComparison.Ordinal);
                yield return (name, weight.Value.detach().narrow(0, i * _config.HiddenSize, _config.HiddenSize));
            }
        }
    }

    /// <summary>Overwrites these weights with those of the same name in a model of the same shape.</summary>
    public void CopyFrom(BertWeights other)
    {
        using var _ = no_grad();
        foreach (var mine in _all)
        {
            if (other._byName.TryGetValue(mine.Name, out var theirs))
            {
                mine.Value.copy_(theirs.Value);
            }
        }
    }

    public BertWeights Clone()
    {
        var clone = new BertWeights(_config, _device, _byName.ContainsKey($"{LanguageHead}.bias"), _byName.ContainsKey($"{Pooler}.bias"));
        clone.CopyFrom(this);
        if (_flat is not null)
        {
            clone.Flatten(_order.Select(weight => clone._byName[weight.Name]));
        }

        return clone;
    }

    /// <summary>Moves the values into one tensor, in the order given, and makes each weight a view of it: one operation then does for all.</summary>
    /// <returns>That tensor.</returns>
    public Tensor Flatten(IEnumerable<Weight> order)
    {
        using var withoutGradient = no_grad();
        using var scope = NewDisposeScope();
        _order = [.. order];
        var moved = cat([.. _order.Select(weight => weight.Value.flatten())], 0);
        foreach (var (weight, view) in Views(_order, moved))
        {
            view.requires_grad = weight.Value.requires_grad;
            weight.Value.Dispose();
            weight.Value = view.DetachFromDisposeScope();
        }

        _flat?.Dispose();
        return _flat = moved.DetachFromDisposeScope();
    }

    /// <summary>A copy in another type, as views of one tensor, in the same order.</summary>
    public BertWeights To(ScalarType type)
    {
        using var withoutGradient = no_grad();
        using var scope = NewDisposeScope();
        return new(this, (_flat ?? cat([.. _all.Select(weight => weight.Value.flatten())], 0)).to(type, copy: true));
    }

    public void Dispose()
    {
        _all.ForEach(weight => weight.Value.Dispose());
        _flat?.Dispose();
    }

    private static IEnumerable<(Weight Weight, Tensor View)> Views(IEnumerable<Weight> order, Tensor flat)
    {
        var start = 0L;
        foreach (var weight in order)
        {
            yield return (weight, flat.narrow(0, start, weight.Value.numel()).view(weight.Value.shape));
            start += weight.Value.numel();
        }
    }

    private void PreNormLayer(string layer, int i)
    {
        if (i > 0)
        {
            Norm($"{layer}.attention.norm", i + 1); // the first reads what the embeddings' norm gives
        }

        Linear($"{layer}.attention.self.qkv", i + 1, 3 * _config.HiddenSize, _config.HiddenSize);
        Linear($"{layer}.attention.output.dense", i + 1, _config.HiddenSize, _config.HiddenSize);
        Norm($"{layer}.intermediate.norm", i + 1);
        Linear($"{layer}.intermediate.dense", i + 1, 2 * _config.IntermediateSize, _config.HiddenSize); // with its gate
        Linear($"{layer}.output.dense", i + 1, _config.HiddenSize, _config.IntermediateSize);
    }

    private void Linear(string name, int layer, long outputs, long inputs)
    {
        Matrix($"{name}.weight", layer, outputs, inputs);
        if (_config.Family.HasBiases || name.EndsWith("classifier", StringComparison.Ordinal))
        {
            Add($"{name}.bias", layer, zeros(outputs, device: _device), decays: false);
        }
    }

    private void Norm(string name, int layer)
    {
        Add($"{name}.weight", layer, ones(_config.HiddenSize, device: _device), decays: false);
        if (_config.Family.HasBiases)
        {
            Add($"{name}.bias", layer, zeros(_config.HiddenSize, device: _device), decays: false);
        }
    }

    private void Matrix(string name, int layer, long rows, long columns) => Add(
        name, layer, empty(rows, columns, device: _device).normal_(0, _config.InitializerRange), decays: true);

    private void Add(string name, int layer, Tensor value, bool decays)
    {
        var weight = new Weight(name, value.requires_grad_().DetachFromDisposeScope(), layer, decays);
        _all.Add(weight);
        _byName.Add(name, weight);
    }
}

/// <summary>A leaf of the computation.</summary>
public sealed class Weight(string name, Tensor value, int layer, bool decays)
{
    /// <summary>Hugging Face's name, except that query, key and value are one "qkv".</summary>
    public string Name => name;

    /// <summary>Requires its gradient unless it is frozen.</summary>
    public Tensor Value { get; internal set; } = value;

    /// <summary>0 the embeddings, 1 to n the encoder's layers, n + 1 the heads.</summary>
    public int Layer => layer;

    /// <summary>Whether weight decay applies: to matrices, not to biases and norms.</summary>
    public bool Decays => decays;
}
