using Droptune.Core.Inference;
using Droptune.Core.Models;
using Droptune.Core.Text.Loading;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training;

/// <summary>A base of every family, from its folder to the served model: trained, exported, quantised, read again.</summary>
public sealed class FamilyTrainingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune run ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("roberta", "roberta-bpe", TaskKind.Joint)]
    [InlineData("roberta", "roberta-bpe", TaskKind.TextClassification)]
    [InlineData("xlm-roberta", "xlmr-unigram", TaskKind.Joint)]
    [InlineData("mpnet", null, TaskKind.Joint)]
    [InlineData("modernbert", "modernbert-bpe", TaskKind.Joint)]
    [InlineData("modernbert", "modernbert-bpe", TaskKind.TextClassification)]
    [InlineData("xlm-roberta", "xlmr-unigram-new", TaskKind.TokenClassification)]
    [InlineData("deberta-v2", "deberta-unigram", TaskKind.Joint)]
    [InlineData("deberta-v2", "deberta-unigram-new", TaskKind.TextClassification)]
    public async Task Run_FromABase_WritesAModelThatServesWhatItLearned(string type, string? tokenizer, TaskKind task)
    {
        var spec = Some.Spec(task) with { Base = new() { Name = "some-base" } };

        var result = FineTuning.Run(
            new(spec with { Optimisation = spec.Optimisation with { Epochs = 20, JoinedTexts = null } }, Some.Snapshot(Path.Combine(_folder, "snapshot")), Base(type, tokenizer), Output),
            new Some.Progress(), TestContext.Current.CancellationToken);

        Assert.True(result.Main > 0.9, $"dev main is {result.Main}");
        string[] files = ["README.md", "config.json", "evaluation.json", "model.int8.onnx", "model.onnx", "model.safetensors", "tokenizer_config.json", "training.json", "training.svg", tokenizer is null ? "vocab.txt" : "tokenizer.json"];
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.GetFiles(Output).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(type, ModelConfig.Load(Output).ModelType);
        Assert.Contains(SafeTensors.Read(Path.Combine(Output, ModelFileNames.Weights)).Keys, name => name.StartsWith(ModelFamily.Of(type).Prefix, StringComparison.Ordinal));

        foreach (var file in new[] { ModelFileNames.Onnx, ModelFileNames.Int8Onnx })
        {
            using var served = ServedModel.Load(Output, file: file);
            var prediction = (await served.PredictAsync([PredictInput.OfText("book a flight to new york please")], TestContext.Current.CancellationToken))[0];
            Assert.Equal(task == TaskKind.TokenClassification ? null : "travel", prediction.Label?.Name);
            Assert.Equal(task == TaskKind.TextClassification ? null : "new york", prediction.Entities?.Single().Text);
        }
    }

    [Fact]
    public void Run_VersionAsBase_KeepsItsHeads()
    {
        var spec = Some.Spec() with { Base = new() { Name = "some-base" } };
        spec = spec with { Optimisation = spec.Optimisation with { Epochs = 1 } };
        var snapshot = Some.Snapshot(Path.Combine(_folder, "snapshot"));
        FineTuning.Run(new(spec, snapshot, Base("roberta", "roberta-bpe"), Output), new Some.Progress(), TestContext.Current.CancellationToken);

        var result = FineTuning.Run(new(spec, snapshot, Output, Path.Combine(_folder, "again")), new Some.Progress(), TestContext.Current.CancellationToken);

        Assert.Empty(result.BaseWeights!.Missing);
    }

    [Fact]
    public void Run_TokenizerOfAnotherModel_IsRefused()
    {
        var spec = Some.Spec() with { Base = new() { Name = "some-base" } };

        var error = Assert.Throws<InvalidDataException>(() => FineTuning.Run(
            new(spec, Some.Snapshot(Path.Combine(_folder, "snapshot")), Base("roberta", "roberta-bpe", vocabulary: 2999), Output),
            new Some.Progress(), TestContext.Current.CancellationToken));

        Assert.Contains("tokenizer has 3000 pieces, its config.json says 2999 (vocab_size)", error.Message, StringComparison.Ordinal);
    }

    private string Output => Path.Combine(_folder, "model");

    /// <summary>A base with random weights and a tokenizer of the reference.</summary>
    private string Base(string type, string? tokenizer, int? vocabulary = null)
    {
        using var scope = NewDisposeScope();
        manual_seed(1).Dispose();
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "base")).FullName;
        if (tokenizer is null)
        {
            var options = new TokenizerOptions { Class = "<s>", Separator = "</s>", Padding = "<pad>", Mask = "<mask>" };
            new WordPieceTokenizer(WordPieceTrainer.Train(Some.Examples(96, 1), options, 200), options).Save(folder);
        }
        else
        {
            File.WriteAllBytes(Path.Combine(folder, ModelFileNames.Tokenizer), TestData.GzipBytes("reference", "encoders", tokenizer, "tokenizer.json.gz"));
        }

        var config = new ModelConfig
        {
            ModelType = type,
            VocabSize = vocabulary ?? TokenizerFolder.Load(folder).Count,
            HiddenSize = 128,
            NumHiddenLayers = 2,
            NumAttentionHeads = 2,
            IntermediateSize = 256,
            MaxPositionEmbeddings = 34,
            TypeVocabSize = 1,
            PadTokenId = TokenizerFolder.Load(folder).PadId,
            InitializerRange = 0.07,
        };
        if (config.Family.HasRotation)
        {
            config = config with { LocalAttention = 8, GlobalAttnEveryNLayers = 2, GlobalRopeTheta = 160_000, LocalRopeTheta = 10_000 };
        }

        if (config.Family.HasDistances)
        {
            config = config with { TypeVocabSize = 0, DistanceBuckets = 8, Others = Distances() };
        }

        using var weights = new BertWeights(config, CPU, language: true);
        PretrainedModel.Save(folder, weights, config);
        return folder;
    }

    /// <summary>What DeBERTa's configuration says beside sizes.</summary>
    private static Dictionary<string, JsonElement> Distances() => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""
        {"relative_attention":true,"pos_att_type":["p2c","c2p"],"share_att_key":true,"norm_rel_ebd":"layer_norm","position_biased_input":false}
        """)!;
}
