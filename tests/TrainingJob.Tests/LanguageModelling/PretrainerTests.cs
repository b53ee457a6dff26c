using Droptune.Core.Runs;
using Droptune.TrainingJob.LanguageModelling;
using Droptune.TrainingJob.Tests.Training;
using Droptune.TrainingJob.Training;

namespace Droptune.TrainingJob.Tests.LanguageModelling;

public sealed class PretrainerTests : IDisposable
{
    private static readonly PretrainingOptions Small = new() { Size = "tiny", VocabularySize = 300, Epochs = 4, BatchTokens = 512, LearningRate = 1e-3 };

    private readonly string _folder = Directory.CreateTempSubdirectory("droptune pretraining ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_TextsAndDialogues_MakesABaseThatGuessesAndIsTrainedFrom()
    {
        var record = Run("base", Small with { Epochs = 20 });

        Assert.True(record.GuessedRight > 0.3, $"guessed {record.GuessedRight:P1}"); // at random 1 of 70 pieces
        Assert.Equal(
            ["README.md", "config.json", "model.safetensors", "pretraining.json", "tokenizer_config.json", "vocab.txt"],
            Directory.GetFiles(Folder("base")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        var spec = Some.Spec() with { Base = new() { Name = "base" }, Optimisation = new() { Epochs = 2, BatchTokens = 128 } };
        var tuned = FineTuning.Run(
            new(spec, Some.Snapshot(Folder("snapshot")), Folder("base"), Folder("tuned")), new Some.Progress(), TestContext.Current.CancellationToken);

        Assert.Equal(["classifier.bias", "classifier.weight", "text_classifier.bias", "text_classifier.weight"], tuned.BaseWeights!.Missing.Order());
        Assert.Empty(tuned.BaseWeights.Unexpected);
    }

    [Theory]
    [InlineData(5)] // while words are guessed
    [InlineData(18)] // while turns are matched, too
    public void Run_CancelledAndStartedAgain_SameModelAsWithoutThat(int step)
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run("stopped", Small, new Killer(RunStage.Pretraining, step, stop), stop.Token));
        Assert.True(File.Exists(Path.Combine(Folder("stopped"), Pretrainer.CheckpointFolder, "pretraining.json")));

        Run("stopped", Small);
        Run("whole", Small);

        Assert.Equal(Weights("whole"), Weights("stopped"));
        Assert.False(Directory.Exists(Path.Combine(Folder("stopped"), Pretrainer.CheckpointFolder)));
    }

    [Fact]
    public void Run_CheckpointOfOtherOptions_BeginsAnew()
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run("one", Small, new Killer(RunStage.Pretraining, 5, stop), stop.Token));
        var other = Small with { LearningRate = 2e-3 };

        Run("one", other);
        Run("other", other);

        Assert.Equal(Weights("other"), Weights("one"));
    }

    [Fact]
    public void Run_Budget_EndsWithIt()
    {
        var record = Run("base", Small with { Epochs = 10_000, MaxMinutes = 2 }); // of a clock that goes a second each time it is asked

        Assert.InRange(record.Steps, 1, 130);
        Assert.Equal(record.Steps, record.Curve[^1].Step);
    }

    [Fact]
    public void Problems_OptionsThatCannotBe_NamesEach()
    {
        var options = new PretrainingOptions { Size = "huge", VocabularySize = 5, Epochs = 0, MaxMinutes = -1, BatchTokens = 1, LearningRate = 2 };

        Assert.Equal(6, options.Problems().Count);
        Assert.Empty(new PretrainingOptions().Problems());
    }

    [Fact]
    public void For_Device_FillsInWhatIsOpen()
    {
        var (gpu, cpu) = (new PretrainingOptions().For(gpu: true), new PretrainingOptions { Size = "small" }.For(gpu: false));

        Assert.Equal((131_072, 1.2e-3), (gpu.BatchTokens, Math.Round(gpu.LearningRate!.Value, 6)));
        Assert.Equal((8_192, 1.5e-4), (cpu.BatchTokens, Math.Round(cpu.LearningRate!.Value, 6))); // half the rate by width, a quarter by batch
    }

    private PretrainingRecord Run(string name, PretrainingOptions options, IProgress<RunProgress>? progress = null, CancellationToken? stop = null) => Pretrainer.Run(
        new(Corpus.Read([WriteCorpus()]), options, Folder(name)) { Clock = new EagerClock() },
        progress ?? new Some.Progress(), stop ?? TestContext.Current.CancellationToken);

    private string WriteCorpus()
    {
        var folder = Directory.CreateDirectory(Folder("corpus")).FullName;
        var texts = Some.Examples(300, 1).Select(example => string.Join(' ', example.Tokens!)).ToList();
        File.WriteAllLines(Path.Combine(folder, "plain.txt"), texts);
        File.WriteAllLines(Path.Combine(folder, "dialogues.txt"), texts.Chunk(3).SelectMany(turns => turns.Append("")));
        return folder;
    }

    private string Folder(string name) => Path.Combine(_folder, name);

    private byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(Folder(name), ModelFileNames.Weights));
}
