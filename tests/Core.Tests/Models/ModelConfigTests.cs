using Droptune.Core.Models;

namespace Droptune.Core.Tests.Models;

public sealed class ModelConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Load_HuggingFaceFile_ReadsSnakeCaseAndKeepsOtherKeys()
    {
        File.WriteAllText(Path.Combine(_folder, ModelFileNames.Config), """
            {"model_type":"bert","vocab_size":2000,"hidden_size":64,"num_hidden_layers":3,"num_attention_heads":4,
             "intermediate_size":256,"layer_norm_eps":1e-12,"position_embedding_type":"absolute",
             "architectures":["BertForSequenceClassification"],"id2label":{"1":"b","0":"a","10":"k"}}
            """);

        var config = ModelConfig.Load(_folder);
        config.Save(_folder);
        var again = ModelConfig.Load(_folder);

        Assert.Equal((2000, 64, 1e-12), (config.VocabSize, config.HiddenSize, config.LayerNormEps));
        Assert.Equal(TaskKind.TextClassification, config.Task);
        Assert.Equal(["a", "b", "k"], config.TextLabelNames);
        Assert.Empty(config.TagNames);
        Assert.Equal("absolute", again.Others!["position_embedding_type"].GetString());
    }

    [Theory]
    [InlineData("num_hidden_layers", 100_000_000, "num_hidden_layers is 100000000; it must be 1 to 200")]
    [InlineData("num_attention_heads", 0, "num_attention_heads is 0")]
    [InlineData("num_attention_heads", 5, "hidden_size 64 cannot be divided among 5 heads")]
    [InlineData("vocab_size", -1, "vocab_size is -1")]
    [InlineData("max_position_embeddings", int.MaxValue, "max_position_embeddings is 2147483647")]
    public void Load_ImpossibleModel_IsRefusedBeforeMemoryIsAskedFor(string key, int value, string problem)
    {
        var keys = new Dictionary<string, int>
        {
            ["vocab_size"] = 2000,
            ["hidden_size"] = 64,
            ["num_hidden_layers"] = 3,
            ["num_attention_heads"] = 4,
            ["intermediate_size"] = 256,
            [key] = value,
        };
        File.WriteAllText(Path.Combine(_folder, ModelFileNames.Config), JsonSerializer.Serialize(keys));

        var error = Assert.Throws<InvalidDataException>(() => ModelConfig.Load(_folder));

        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WithLabels_Joint_RoundTripsThroughTheFile()
    {
        var config = new ModelConfig
        {
            VocabSize = 10,
            HiddenSize = 8,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            IntermediateSize = 16,
            Droptune = new() { MaxLength = 128 },
        };

        config.WithLabels(TaskKind.Joint, ["O", "B-日期", "I-日期"], ["refund", "greet"]).Save(_folder);
        var loaded = ModelConfig.Load(_folder);

        Assert.Equal((TaskKind.Joint, 128), (loaded.Task, loaded.MaxLength));
        Assert.Equal(["O", "B-日期", "I-日期"], loaded.TagNames);
        Assert.Equal(["refund", "greet"], loaded.TextLabelNames);
        Assert.Contains("\"maxLength\": 128", File.ReadAllText(Path.Combine(_folder, ModelFileNames.Config)), StringComparison.Ordinal);
    }

    [Fact]
    public void WithThresholds_SeveralLabelsOfATaskWithTags_RoundTripsThroughTheFile()
    {
        var config = new ModelConfig { VocabSize = 10, HiddenSize = 8, NumHiddenLayers = 1, NumAttentionHeads = 2, IntermediateSize = 16 };

        config.WithLabels(TaskKind.Joint, ["O", "B-x", "I-x"], ["退款", "greet"], severalLabels: true).WithThresholds([0.25f, 0.75f]).Save(_folder);
        var loaded = ModelConfig.Load(_folder);

        Assert.Equal((TaskKind.Joint, true), (loaded.Task, loaded.HasSeveralLabels));
        Assert.Equal([0.25f, 0.75f], loaded.TextThresholds);
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, ModelFileNames.Config)));
        Assert.Equal("multi_label_classification", json.RootElement.GetProperty("problem_type").GetString());
        Assert.Equal(0.25, json.RootElement.GetProperty("droptune").GetProperty("thresholds").GetProperty("退款").GetDouble());
    }

    [Fact]
    public void Load_HuggingFaceFileOfSeveralLabels_HasThresholdsOfOneHalf()
    {
        File.WriteAllText(Path.Combine(_folder, ModelFileNames.Config), """
            {"model_type":"bert","vocab_size":2000,"hidden_size":64,"num_hidden_layers":3,"num_attention_heads":4,"intermediate_size":256,
             "problem_type":"multi_label_classification","architectures":["BertForSequenceClassification"],"id2label":{"0":"a","1":"b"}}
            """);

        var config = ModelConfig.Load(_folder);

        Assert.Equal(TaskKind.MultiLabelClassification, config.Task);
        Assert.Equal([0.5f, 0.5f], config.TextThresholds);
        Assert.Empty(config.TagNames);
    }
}
