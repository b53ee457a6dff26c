using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Training;
using Droptune.TrainingJob.Training.Data;

namespace Droptune.TrainingJob.Tests.Training;

/// <summary>Texts without labels, from the drop box's file to what pre-training reads.</summary>
public sealed class UnlabelledTextsTests
{
    [Fact]
    public async Task Load_SnapshotOfTheGate_PretrainsOnTheTextsToo()
    {
        var folder = Directory.CreateTempSubdirectory("droptune-").FullName;
        var report = await DatasetGate.CheckAsync(
            "some",
            [File("train.jsonl", "{\"text\":\"book a flight\",\"label\":\"x\"}\n"), File("dev.jsonl", "{\"text\":\"a lamp\",\"label\":\"x\"}\n"), File("unlabelled.txt", "zebras\nxylophones\n")],
            folder, cancellationToken: TestContext.Current.CancellationToken);
        var spec = Some.Spec(TaskKind.TextClassification);
        var input = new FineTuningInput(spec, folder, null, folder);

        var plain = TrainingData.Load(input, spec.Optimisation);
        var pretrained = TrainingData.Load(input, spec.Optimisation with { Pretrain = new() });

        Assert.Equal(2, report.UnlabelledTexts);
        Assert.Equal((1, 1), (plain.Texts.Count, plain.TrainExamples));
        Assert.Equal((3, 1), (pretrained.Texts.Count, pretrained.TrainExamples));
        Assert.Equal(1, pretrained.Train.Count);
        Assert.True(((WordPieceTokenizer)pretrained.Tokenizer).Vocabulary.TryGetId("z", out _)); // of the texts alone
        Directory.Delete(folder, recursive: true);
    }

    private static DatasetFile File(string name, string content) =>
        new(name, content.Length, _ => Task.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(content))));
}
