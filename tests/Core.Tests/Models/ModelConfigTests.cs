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
}
