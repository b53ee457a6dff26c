namespace Droptune.Pipeline.Tests.Learning;

/// <summary>The loop closes: what users correct is learnt.</summary>
public class LoopTests(LocalApp app) : IClassFixture<LocalApp>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Correct_WrongPredictionInVariants_TheNextVersionIsPromotedAndRight()
    {
        var (corrected, judged) = (PaintShop.Suggestions.Where((_, i) => i % 3 != 0).ToList(), PaintShop.Suggestions.Where((_, i) => i % 3 == 0).ToList());
        await app.DropAsync("loop/dataset.json", PaintShop.Manifest(epochs: 20));
        await app.DropAsync("loop/train.conll", PaintShop.Conll(PaintShop.Sentences(120, seed: 1)));
        await app.DropAsync("loop/dev.conll", PaintShop.Conll([.. PaintShop.Sentences(20, seed: 2), .. judged]));
        await app.DropAsync("loop/test.conll", PaintShop.Conll(PaintShop.Sentences(20, seed: 3)));
        var first = await app.TrainedVersionAsync("loop", examples: 170);
        using var served = await app.UntilAsync("models/loop", answer => answer.Text("production") == first);
        var before = await app.PredictAsync("loop", judged.Select(sentence => sentence.Text));

        foreach (var sentence in corrected)
        {
            await app.CorrectAsync("loop", sentence);
        }

        using var fold = await app.Http.PostAsync("datasets/loop/feedback/fold", null, Cancellation);
        var second = await app.TrainedVersionAsync("loop", examples: 190);
        using var promoted = await app.UntilAsync("models/loop", answer => answer.Text("production") == second);
        using var dataset = await app.UntilAsync("datasets/loop", _ => true);
        await LocalApp.UntilAsync(async () => (await app.PredictAsync("loop", ["red door"])).Version == second ? "there" : null);
        var after = await app.PredictAsync("loop", judged.Select(sentence => sentence.Text));

        Assert.Equal(20, corrected.Count);
        Assert.InRange(Right(before, judged), 0, 3); // taken for questions for a price
        Assert.InRange(Right(after, judged), 9, 10);
        Assert.StartsWith("Better", promoted.RootElement.GetProperty("history")[0].Text("reason"), StringComparison.Ordinal);
        Assert.Equal((140, 30, 20), Counts(dataset.RootElement.GetProperty("counts")));
    }

    private static int Right(Answer answer, IEnumerable<Sentence> sentences) =>
        answer.Predictions.Zip(sentences).Count(pair => pair.First.Label!.Name == pair.Second.Intent);

    private static (int Train, int Dev, int Test) Counts(JsonElement counts) =>
        (counts.GetProperty("train").GetInt32(), counts.GetProperty("dev").GetInt32(), counts.GetProperty("test").GetInt32());
}
