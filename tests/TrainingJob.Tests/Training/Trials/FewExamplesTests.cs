using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Evaluation;
using Droptune.Core.Inference;
using Droptune.Core.Runs;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Reports;

namespace Droptune.TrainingJob.Tests.Training.Trials;

/// <summary>Runs on data too few to hold some back.</summary>
public sealed class FewExamplesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune few ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TaskKind.Joint)]
    [InlineData(TaskKind.TextClassification)]
    public async Task Run_FewExamples_LearnsFromDevTooAndIsJudgedByModelsThatDidNot(TaskKind task)
    {
        var progress = new Some.Progress();

        var result = Run("model", task, progress);

        Assert.True(result.DevTrained);
        Assert.Equal(result.Main, progress.All[^1].DevMetric!.Value);
        var record = JsonSerializer.Deserialize<TrainingRecord>(File.ReadAllText(Path.Combine(Output("model"), "training.json")), DroptuneJson.Compact)!;
        Assert.Equal((5, 48, 48), (record.Folds, record.Counts.TrainExamples, record.Counts.DevExamples));
        Assert.Equal(result.Metrics["dev.main"], record.Dev["main"]);
        Assert.Equal(5, progress.All.Select(p => p.Note?.Split(':')[0]).Where(note => note?.StartsWith("fold ", StringComparison.Ordinal) == true).Distinct().Count());
        Assert.Contains("## Out-of-fold (48 examples of train and dev)", await File.ReadAllTextAsync(Path.Combine(Output("model"), "README.md"), Token), StringComparison.Ordinal);

        var learned = Examples(Split.Train).Concat(Examples(Split.Dev)).ToList();
        var answers = OutOfFoldAnswers.Find(Output("model"))!;
        Assert.Equal(learned.Select(example => OutOfFoldAnswers.KeyOf(PredictInput.Of(example))).Distinct().Order(), answers.Answers.Keys.Order());
        using var served = ServedModel.Load(Output("model"));
        var judged = await new Evaluator(served.PredictUnseenAsync, task, TimeProvider.System).EvaluateAsync(learned, Token);
        Assert.Equal(result.Main, judged.MainScore, 1e-9);
    }

    /// <summary>Labels that follow from nothing: by heart they can be learned, and held back they are guessed.</summary>
    [Fact]
    public async Task Run_LabelsWithoutSense_OutOfFoldScoresTellIt()
    {
        var texts = Enumerable.Range(0, 60).Select(i => new Example { Text = $"word{i} and word{i + 100}", Label = i * 7 % 4 < 2 ? "a" : "b" }).ToList();
        var snapshot = Some.Snapshot(Path.Combine(_folder, "nonsense"), texts[..50], texts[50..], texts[50..]);
        var spec = Some.Spec(TaskKind.TextClassification);
        spec = spec with { Optimisation = spec.Optimisation with { FewShot = "on", Epochs = 60 } };

        var result = FineTuning.Run(new(spec, snapshot, null, Output("nonsense")), new Some.Progress(), Token);

        using var served = ServedModel.Load(Output("nonsense"));
        var byHeart = await new Evaluator(served.PredictAsync, TaskKind.TextClassification, TimeProvider.System).EvaluateAsync(texts, Token);
        Assert.True(byHeart.MainScore > 0.9, $"of what it learned from it knows {byHeart.MainScore}");
        Assert.True(result.Main < 0.75, $"out of fold it is to be guessed, and is {result.Main}");
    }

    [Theory]
    [InlineData("fold 1 of 5", 5)]
    [InlineData("fold 3 of 5", 5)]
    [InlineData(null, 10)] // the last one, of everything
    public void Run_KilledAndStartedAgain_SameAsWithoutThat(string? note, int step)
    {
        Run("whole", TaskKind.Joint, new Some.Progress());
        Assert.Throws<KilledException>(() => Run("killed", TaskKind.Joint, new NoteKiller(note, step)));
        var progress = new Some.Progress();

        Run("killed", TaskKind.Joint, progress);

        Assert.Equal(File.ReadAllBytes(Path.Combine(Output("whole"), "model.safetensors")), File.ReadAllBytes(Path.Combine(Output("killed"), "model.safetensors")));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Output("whole"), "out-of-fold.json")), File.ReadAllBytes(Path.Combine(Output("killed"), "out-of-fold.json")));
        var first = progress.All.First(p => p is { Stage: RunStage.Training, Step: > 0 });
        Assert.Equal(note, first.Note?.Split(':')[0]); // finished folds are not repeated
        Assert.InRange(first.Step, step - 1, step + 2);
    }

    [Fact]
    public void Run_EnoughDevExamples_HoldsThemBack()
    {
        var result = Run("model", TaskKind.TextClassification, new Some.Progress(), dev: 20); // ten a label

        Assert.False(result.DevTrained);
        Assert.False(File.Exists(Path.Combine(Output("model"), "out-of-fold.json")));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Output(string name) => Path.Combine(_folder, name);

    private IEnumerable<Example> Examples(Split split) => SnapshotReader.Read(Path.Combine(_folder, "snapshot", SnapshotFile.Of(split)));

    private FineTuningResult Run(string name, TaskKind task, IProgress<RunProgress> progress, int dev = 8)
    {
        var spec = Some.Spec(task);
        spec = spec with { Optimisation = spec.Optimisation with { FewShot = "on", Epochs = 6 } };
        var snapshot = Some.Snapshot(Path.Combine(_folder, "snapshot"), train: 40, dev: dev);
        return FineTuning.Run(
            new(spec, snapshot, null, Output(name)) { CheckpointFolder = Output(name + "-checkpoint"), CheckpointInterval = TimeSpan.Zero, Clock = new EagerClock() }, progress, Token);
    }

    /// <summary>Ends a run at a step of the training with a note.</summary>
    private sealed class NoteKiller(string? note, int step) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            if (value.Stage == RunStage.Training && value.Note?.Split(':')[0] == note && value.Step >= step)
            {
                throw new KilledException();
            }
        }
    }
}
