namespace Droptune.Pipeline.Tests.Learning;

/// <summary>The way from dropped files to predictions, the same on both hosts.</summary>
public abstract class DropToPredictionTests(App app)
{
    [Fact]
    public async Task Drop_LabelledFiles_ServesAModelThatPredictsTheirLabels()
    {
        var test = PaintShop.Sentences(40, seed: 3);
        await app.DropAsync("shop/dataset.json", PaintShop.ManifestOfBase(epochs: 12));
        await app.DropAsync("shop/train.conll", PaintShop.Conll(PaintShop.Sentences(200, seed: 1)));
        await app.DropAsync("shop/dev.conll", PaintShop.Conll(PaintShop.Sentences(40, seed: 2)));
        await app.DropAsync("shop/test.conll", PaintShop.Conll(test));

        var version = await app.TrainedVersionAsync("shop", examples: 280);
        using var model = await app.UntilAsync("models/shop", answer => answer.Text("production") == version);
        using var evaluations = await app.UntilAsync("evaluations?model=shop", answer => answer.GetArrayLength() > 0);
        var answer = await app.PredictAsync("shop", test.Select(sentence => sentence.Text));

        var expected = test.Select(sentence => $"{sentence.Intent} {string.Join(", ", sentence.Entities)}");
        var predicted = answer.Predictions.Select(prediction =>
            $"{prediction.Label!.Name} {string.Join(", ", prediction.Entities!.Select(entity => $"{entity.Label}: {entity.Text}"))}");
        var right = expected.Zip(predicted).Count(pair => pair.First == pair.Second);
        Assert.Equal(version, answer.Version);
        Assert.InRange(right, 38, 40);
        Assert.All(test.Zip(answer.Predictions), pair =>
            Assert.All(pair.Second.Entities!, entity => Assert.Equal(entity.Text, pair.First.Text[entity.Start..entity.End])));
        Assert.InRange(evaluations.RootElement[0].GetProperty("metrics").GetProperty("test.f1").GetDouble(), 0.9, 1);
    }
}
