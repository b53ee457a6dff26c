using System.Text.Json.Nodes;
using Droptune.Core.Models;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Tests.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Checkpoints;

public sealed class PretrainedModelTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly ReferenceModel _reference = ReferenceModel.ForTags();

    public void Dispose()
    {
        _reference.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Load_Shards_SameWeightsAsTheSingleFile()
    {
        using var sharded = new ReferenceModel(
            ("config.json", "config.json"), ("sharded/model.safetensors.index.json", "model.safetensors.index.json"),
            ("sharded/model-00001-of-00002.safetensors", "model-00001-of-00002.safetensors"),
            ("sharded/model-00002-of-00002.safetensors", "model-00002-of-00002.safetensors"));

        AssertSame(_reference.Load().Weights, sharded.Load().Weights);
    }

    [Fact]
    public void Load_ShardThatIsGone_NamesIt()
    {
        using var sharded = new ReferenceModel(
            ("config.json", "config.json"), ("sharded/model.safetensors.index.json", "model.safetensors.index.json"),
            ("sharded/model-00001-of-00002.safetensors", "model-00001-of-00002.safetensors"));

        var error = Assert.Throws<InvalidDataException>(sharded.Load);

        Assert.Contains("model-00002-of-00002.safetensors, which is not in the folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_AnyModel_ReadsBackBitForBitInTheLayoutItCameIn()
    {
        var model = _reference.Load();
        var folder = Directory.CreateDirectory(Path.Combine(_reference.Folder, "saved")).FullName;

        PretrainedModel.Save(folder, model.Weights, model.Config);

        var (original, saved) = (Stored(_reference.Folder), Stored(folder));
        Assert.Equal(original.Keys.Order(), saved.Keys.Order());
        Assert.All(original, t => Assert.Equal(t.Value.bytes.ToArray(), saved[t.Key].bytes.ToArray()));
        var config = ModelConfig.Load(folder);
        Assert.Equal(model.Config.Id2Label, config.Id2Label);
        Assert.Equal(("bert", 64, 3), (config.ModelType, config.HiddenSize, config.NumHiddenLayers));
    }

    [Fact]
    public void Load_ParametersMissingUnexpectedAndMisshapen_NamesAllOfThem()
    {
        Rewrite(tensors =>
        {
            tensors.Remove("bert.encoder.layer.1.attention.self.key.weight");
            tensors["bert.embeddings.LayerNorm.bias"] = zeros(65);
            tensors["bert.encoder.layer.9.output.dense.bias"] = zeros(64);
        });

        var error = Assert.Throws<InvalidDataException>(_reference.Load);

        Assert.Contains("'bert.encoder.layer.1.attention.self.key.weight' is missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("'bert.embeddings.LayerNorm.bias' has shape [65], the configuration says [64]", error.Message, StringComparison.Ordinal);
        Assert.Contains("Not expected: bert.encoder.layer.9.output.dense.bias", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BaseModelWithOtherHeads_ReportsWhatStartsAtRandom()
    {
        Rewrite(tensors =>
        {
            tensors.Remove("classifier.bias");
            tensors["classifier.weight"] = zeros(2, 64);
            tensors["cls.predictions.bias"] = zeros(2000);
            tensors["bert.extra.weight"] = zeros(1);
        });
        using var weights = new BertWeights(ModelConfig.From(ModelNaming.For(_reference.Folder).Config), CPU);

        var report = PretrainedModel.Load(_reference.Folder, weights);

        Assert.Equal(["classifier.weight", "classifier.bias"], report.Missing);
        Assert.Equal(["bert.extra.weight"], report.Unexpected);
    }

    [Theory]
    [InlineData("")] // a bare encoder
    [InlineData("bert.", "LayerNorm.weight", "LayerNorm.gamma", "LayerNorm.bias", "LayerNorm.beta")] // the first BERT files
    [InlineData("electra.")]
    public void Load_OtherNamesOfTheSameModel_SameWeights(string prefix, params string[] renamed)
    {
        var expected = _reference.Load().Weights.Clone();
        Rewrite(tensors => Rename(tensors, name => renamed.Chunk(2).Aggregate(
            name.StartsWith("bert.", StringComparison.Ordinal) ? prefix + name["bert.".Length..] : name, (n, pair) => n.Replace(pair[0], pair[1], StringComparison.Ordinal))));
        Configure(config => config["model_type"] = prefix == "electra." ? "electra" : "bert");

        AssertSame(expected, _reference.Load().Weights);
    }

    [Fact]
    public void Load_DistilBert_SameWeightsWithoutTokenTypes()
    {
        var expected = _reference.Load().Weights.Clone();
        expected["bert.embeddings.token_type_embeddings.weight"].requires_grad_(false).zero_();
        Rewrite(tensors =>
        {
            tensors.Remove("bert.embeddings.token_type_embeddings.weight");
            Rename(tensors, name => new (string Bert, string Distil)[]
            {
                ("bert.encoder.", "distilbert.transformer."), ("bert.embeddings.", "distilbert.embeddings."),
                (".attention.self.query.", ".attention.q_lin."), (".attention.self.key.", ".attention.k_lin."),
                (".attention.self.value.", ".attention.v_lin."), (".attention.output.dense.", ".attention.out_lin."),
                (".attention.output.LayerNorm.", ".sa_layer_norm."), (".intermediate.dense.", ".ffn.lin1."),
                (".output.dense.", ".ffn.lin2."), (".output.LayerNorm.", ".output_layer_norm."),
            }.Aggregate(name, (n, pair) => n.Replace(pair.Bert, pair.Distil, StringComparison.Ordinal)));
        });
        File.WriteAllText(Path.Combine(_reference.Folder, ModelFileNames.Config), """
            {"model_type":"distilbert","dim":64,"n_layers":3,"n_heads":4,"hidden_dim":256,"vocab_size":2000,"max_position_embeddings":64,
             "activation":"gelu","dropout":0.1,"attention_dropout":0.1,
             "id2label":{"0":"O","1":"B-PER","2":"I-PER","3":"B-ORG","4":"I-ORG","5":"B-LOC","6":"I-LOC"}}
            """);

        var loaded = _reference.Load().Weights;

        Assert.Equal(0, loaded["bert.embeddings.token_type_embeddings.weight"].abs().max().item<float>());
        AssertSame(expected, loaded, except: "bert.embeddings.token_type_embeddings.weight");
    }

    [Theory]
    [InlineData("model_type", "\"gpt2\"", "model_type 'gpt2' is not supported; these are: bert, roberta, xlm-roberta, mpnet, modernbert, deberta-v2, distilbert, electra")]
    [InlineData("position_embedding_type", "\"relative_key\"", "position_embedding_type 'relative_key' is not supported; absolute is")]
    public void Load_OtherKindOfModel_SaysWhatIsSupported(string key, string value, string problem)
    {
        Configure(config => config[key] = JsonNode.Parse(value));

        var error = Assert.Throws<NotSupportedException>(_reference.Load);

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ElectraWithAProjection_IsRefused()
    {
        Configure(config => (config["model_type"], config["embedding_size"]) = ("electra", 32));

        var error = Assert.Throws<NotSupportedException>(_reference.Load);

        Assert.Contains("embedding_size 32", error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Stored(string folder) => SafeTensors.Read(Path.Combine(folder, "model.safetensors"));

    private static void Rename(Dictionary<string, Tensor> tensors, Func<string, string> rename)
    {
        foreach (var (name, value) in tensors.ToList())
        {
            tensors.Remove(name);
            tensors[rename(name)] = value;
        }
    }

    private static void AssertSame(BertWeights expected, BertWeights actual, string? except = null)
    {
        foreach (var ((name, value), (_, other)) in expected.Named().Zip(actual.Named()).Where(pair => pair.First.Name != except))
        {
            Assert.True(value.equal(other).all().item<bool>(), name);
        }
    }

    private void Rewrite(Action<Dictionary<string, Tensor>> change)
    {
        var tensors = Stored(_reference.Folder);
        change(tensors);
        SafeTensors.Write(Path.Combine(_reference.Folder, "model.safetensors"), tensors.Select(t => (t.Key, t.Value)));
    }

    private void Configure(Action<JsonObject> change)
    {
        var path = Path.Combine(_reference.Folder, ModelFileNames.Config);
        var config = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        change(config);
        File.WriteAllText(path, JsonSerializer.Serialize(config));
    }
}
