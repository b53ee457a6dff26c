using Droptune.Functions.Hosting.Local.Processes;

namespace Droptune.Pipeline.Tests.Learning;

/// <summary>A short run on real data: a part of SNIPS (7 intents, 39 slots), as its users would drop it.</summary>
public class SnipsTests(LocalApp app) : IClassFixture<LocalApp>
{
    private const int TrainSentences = 3000;

    private static readonly string Folder = Path.Combine(RepositoryFolder.Path, "..", "shared", "data", "snips", "conll");

    [Fact]
    public async Task Drop_Snips_ServesAModelThatKnowsTheIntents()
    {
        Assert.SkipUnless(Directory.Exists(Folder), $"The dataset is not there: {Path.GetFullPath(Folder)}");
        await app.DropAsync("snips/dataset.json", """{ "size": "tiny", "training": { "epochs": 3, "batchTokens": 1024, "maxLength": 64 } }""");
        await app.DropAsync("snips/train.conll", Head("train", TrainSentences));
        await app.DropAsync("snips/valid.conll", Head("valid", 300));
        await app.DropAsync("snips/test.conll", Head("test", 300));

        var version = await app.TrainedVersionAsync("snips", examples: TrainSentences + 600);
        using var evaluations = await app.UntilAsync("evaluations?model=snips", answer => answer.GetArrayLength() > 0);
        var answer = await app.PredictAsync("snips", ["play some jazz by miles davis", "what will the weather be like in paris tomorrow"]);

        Assert.Equal(version, answer.Version);
        Assert.Equal(["PlayMusic", "GetWeather"], answer.Predictions.Select(prediction => prediction.Label!.Name));
        Assert.InRange(evaluations.RootElement[0].GetProperty("metrics").GetProperty("test.accuracy").GetDouble(), 0.85, 1);
    }

    private static string Head(string split, int sentences)
    {
        var file = Directory.GetFiles(Folder, $"{split}*").Single();
        return string.Join("\n\n", File.ReadAllText(file).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Take(sentences)) + "\n\n";
    }
}
