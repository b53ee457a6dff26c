using Droptune.Core.Inference;
using Droptune.Core.Inference.Batching;
using Droptune.Core.Models;

namespace Droptune.Core.Tests.Inference;

public sealed class ServedModelTests : IDisposable
{
    private readonly ServedModel _model = ServedModel.Load(TestData.PathOf("models", "lexicon"));

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task PredictAsync_Text_GivesLabelAndEntitiesInTheCallersText()
    {
        const string text = "Please book a flight to  New York, on Monday!";

        var prediction = await PredictAsync(text);

        Assert.Equal("book", prediction.Label!.Name);
        Assert.Equal([("city", "New York"), ("date", "Monday")], prediction.Entities!.Select(e => (e.Label, e.Text)));
        Assert.All(prediction.Entities!, e => Assert.Equal(e.Text, text[e.Start..e.End]));
        Assert.All(prediction.Entities!, e => Assert.InRange(e.Score, 0.5f, 1f));
        Assert.Null(prediction.Tags);
    }

    [Fact]
    public async Task PredictAsync_SeveralLabels_GivesThoseThatReachTheirThresholds()
    {
        var folder = Directory.CreateTempSubdirectory("droptune-").FullName;
        foreach (var file in Directory.GetFiles(TestData.PathOf("models", "lexicon")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        (ModelConfig.Load(folder) with { ProblemType = ModelConfig.SeveralLabels }).WithThresholds([0.9f, 0.9f, 0.9f, 0.001f]).Save(folder);
        using var model = ServedModel.Load(folder);
        var (window, windows) = ("refund" + Times(" the", 29), "refund" + Times(" the", 100)); // the model reads 30 pieces at once

        var predictions = await model.PredictAsync([.. new[] { "book refund", window, windows }.Select(PredictInput.OfText)], Token);

        Directory.Delete(folder, recursive: true);
        Assert.Equal(["refund", "book"], predictions[0].Labels!.Select(label => label.Name)); // the surest first
        Assert.All(predictions[0].Labels!, label => Assert.InRange(label.Score, 0.9f, 1));
        Assert.Equal(Refund(predictions[1]), Refund(predictions[2]), 1e-4f); // no other window has more of it
        Assert.All(predictions, p => Assert.InRange(p.LeastSure!.Value, 0.5f, 1));
        Assert.All(predictions, p => Assert.Null(p.Label));

        static string Times(string word, int times) => string.Concat(Enumerable.Repeat(word, times));

        static float Refund(Prediction prediction) => prediction.Labels!.Single(label => label.Name == "refund").Score;
    }

    [Fact]
    public async Task PredictAsync_Chinese_TagsEachCharacter()
    {
        var prediction = await PredictAsync("我要订去北京的票,明天");

        Assert.Equal("book", prediction.Label!.Name);
        Assert.Equal(11, prediction.Pieces);
        Assert.InRange(prediction.UnknownPieces, 0, 10);
        Assert.Equal([("city", "北京", 4, 6), ("date", "明天", 9, 11)], prediction.Entities!.Select(e => (e.Label, e.Text, e.Start, e.End)));
    }

    [Fact]
    public async Task PredictAsync_Tokens_GivesOneTagAWord()
    {
        var input = PredictInput.OfTokens(["to", "New", "York", "北京市", "\u200B", "monday"]);

        var prediction = (await _model.PredictAsync([input], Token))[0];

        Assert.Equal(["O", "B-city", "I-city", "B-city", "O", "B-date"], prediction.Tags);
        Assert.Equal(6, prediction.TagScores!.Count);
        Assert.All(prediction.TagScores, score => Assert.InRange(score, 0.2f, 1));
        Assert.Equal(1, prediction.TagScores[4]); // a word without a unit
        Assert.Null(prediction.Entities);
    }

    [Fact]
    public async Task InCodePoints_TextWithSurrogatePairs_CountsEachAsOne()
    {
        const string text = "😀😀 to Berlin 😀";

        var prediction = (await PredictAsync(text)).InCodePoints(text);

        var berlin = Assert.Single(prediction.Entities!);
        Assert.Equal(("Berlin", 6, 12), (berlin.Text, berlin.Start, berlin.End));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \t\u200B ")]
    public async Task PredictAsync_NothingToRead_StillAnswers(string text)
    {
        var prediction = await PredictAsync(text);

        Assert.Empty(prediction.Entities!);
        Assert.Equal("other", prediction.Label!.Name);
        Assert.Empty(await _model.PredictAsync([], Token));
    }

    [Fact]
    public async Task PredictAsync_TextLongerThanTheModelReads_FindsEachEntityOnceWhereverTheSeamIs()
    {
        for (var before = 0; before < 70; before++)
        {
            var text = string.Concat(Enumerable.Repeat("to ", before)) + "New York" + string.Concat(Enumerable.Repeat(" on", 90 - before)) + " Berlin";

            var prediction = await PredictAsync(text);

            Assert.Equal(["New York", "Berlin"], prediction.Entities!.Select(e => e.Text));
            Assert.All(prediction.Entities!, e => Assert.Equal(e.Text, text[e.Start..e.End]));
        }
    }

    [Fact]
    public async Task PredictAsync_OneWordLongerThanAWindow_IsNotLost()
    {
        var text = "to " + new string('x', 90) + " Berlin";

        var prediction = await PredictAsync(text);

        Assert.Equal(["Berlin"], prediction.Entities!.Select(e => e.Text));
    }

    [Theory]
    [InlineData(ModelFileNames.Onnx, 1e-5f)]
    [InlineData(ModelFileNames.Int8Onnx, 1e-4f)]
    public async Task PredictAsync_ManyAtOnceInAnyOrder_GivesEachTheAnswerItGetsAlone(string file, float tolerance)
    {
        using var model = ServedModel.Load(TestData.PathOf("models", "lexicon"), file: file);
        var texts = Texts(200);
        var alone = new List<Prediction>();
        foreach (var text in texts)
        {
            alone.Add((await model.PredictAsync([PredictInput.OfText(text)], Token))[0]);
        }

        var inOne = await model.PredictAsync([.. texts.Reverse().Select(PredictInput.OfText)], Token);
        var together = await Task.WhenAll(texts.Select(text => Task.Run(() => model.PredictAsync([PredictInput.OfText(text)], Token))));

        AssertSame([.. alone], [.. inOne.Reverse()], tolerance);
        AssertSame([.. alone], [.. together.Select(answers => answers[0])], tolerance);
    }

    [Fact]
    public async Task PredictAsync_CancelledWhileWaiting_IsDroppedAndOthersAreAnswered()
    {
        for (var attempt = 1; ; attempt++)
        {
            using var leaving = new CancellationTokenSource();
            var flood = Enumerable.Range(0, 20).Select(_ => _model.PredictAsync([.. Texts(50).Select(PredictInput.OfText)], Token)).ToArray();

            var left = _model.PredictAsync([PredictInput.OfText("to Berlin")], leaving.Token);
            await leaving.CancelAsync();

            Assert.All(await Task.WhenAll(flood), answers => Assert.Equal(50, answers.Count));
            if (attempt < 10 && left.IsCompletedSuccessfully)
            {
                continue; // this thread came too late: it was answered before it was cancelled
            }

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
            return;
        }
    }

    [Fact]
    public async Task PredictAsync_QueueFull_IsRefusedAtOnceAndLaterTaken()
    {
        using var model = ServedModel.Load(TestData.PathOf("models", "lexicon"), new() { MaxWaitingPieces = 200 });
        var texts = Texts(100).Select(PredictInput.OfText).ToArray();

        var calls = Enumerable.Range(0, 100).Select(_ => model.PredictAsync(texts, Token)).ToArray();
        var refused = 0;
        foreach (var call in calls)
        {
            try
            {
                await call;
            }
            catch (ModelBusyException busy)
            {
                Assert.True(busy.RetryAfter >= TimeSpan.FromSeconds(1));
                refused++;
            }
        }

        Assert.InRange(refused, 1, 99);
        Assert.Equal(100, (await model.PredictAsync(texts, Token)).Count);
    }

    [Fact]
    public async Task PredictAsync_CallerOfAFullQueueLeaves_MakesRoomAtOnce()
    {
        using var model = ServedModel.Load(TestData.PathOf("models", "lexicon"), new() { MaxWaitingPieces = 200 });
        using var leaving = new CancellationTokenSource();
        Task[] flood = [.. Enumerable.Range(0, 2).Select(_ => model.PredictAsync([.. Texts(5000).Select(PredictInput.OfText)], leaving.Token))];
        await Assert.ThrowsAsync<ModelBusyException>(() => PredictAsync(model, "to Berlin"));

        await leaving.CancelAsync();
        var next = await PredictAsync(model, "to Berlin");

        Assert.Equal("Berlin", Assert.Single(next.Entities!).Text);
        foreach (var call in flood)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }
    }

    [Theory]
    [InlineData(ModelFileNames.Onnx, 1e-5f)]
    [InlineData(ModelFileNames.Int8Onnx, 1e-4f)]
    public async Task PredictAsync_ReferenceTexts_PlacesAreTheCallersAndNeighboursChangeNothing(string file, float tolerance)
    {
        using var model = ServedModel.Load(TestData.PathOf("models", "lexicon"), file: file);
        // Before, between and after the same text, so that windows cut it anywhere.
        string[] texts = [.. ReferenceTexts().Select(text => $"Berlin {text} New York {text} Berlin")];
        var alone = new List<Prediction>();
        foreach (var text in texts)
        {
            alone.Add(await PredictAsync(model, text));
        }

        var inOne = await model.PredictAsync([.. texts.Reverse().Select(PredictInput.OfText)], Token);
        var together = await Task.WhenAll(texts.Select(text => Task.Run(() => PredictAsync(model, text))));

        Assert.Equal(752, texts.Length);
        foreach (var (text, prediction) in texts.Zip(alone))
        {
            var found = prediction.Entities!.Select(e => (e.Text, e.Start, e.End)).ToArray();
            Assert.All(found, e => Assert.Equal(e.Text, text[e.Start..e.End]));
            Assert.Contains(("Berlin", 0, 6), found);
            Assert.Contains(("Berlin", text.Length - 6, text.Length), found);
            Assert.Contains(("New York", text.Length / 2 - 4, (text.Length / 2) + 4), found);
        }

        AssertSame([.. alone], [.. inOne.Reverse()], tolerance);
        AssertSame([.. alone], together, tolerance);
    }

    [Fact]
    public async Task Dispose_WithCallsWaiting_AnswersThemAndTakesNoMore()
    {
        var model = ServedModel.Load(TestData.PathOf("models", "lexicon"));
        var waiting = model.PredictAsync([.. Texts(200).Select(PredictInput.OfText)], Token);

        model.Dispose();

        Assert.Equal(200, (await waiting).Count);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => model.PredictAsync([PredictInput.OfText("late")], Token));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<Prediction> PredictAsync(string text) => PredictAsync(_model, text);

    private static async Task<Prediction> PredictAsync(ServedModel model, string text) => (await model.PredictAsync([PredictInput.OfText(text)], Token))[0];

    private static IEnumerable<string> ReferenceTexts() => TestData.GzipLines("reference", "tokenizer", "tokenizer-cases.uncased.jsonl.gz")
        .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("text").GetString()!);

    private static string[] Texts(int count)
    {
        var random = new Random(3);
        string[] words = ["to", "Berlin", "New", "York", "refund", "my", "money", "hello", "北京", "票", "next", "week", "strange", "42", "!"];
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(60)).Select(_ => words[random.Next(words.Length)])))];
    }

    private static void AssertSame(Prediction[] expected, Prediction[] actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.Equal(one.Label!.Name, other.Label!.Name);
            Assert.Equal(one.Label.Score, other.Label.Score, tolerance);
            Assert.Equal(one.Entities!.Select(e => e with { Score = 0 }), other.Entities!.Select(e => e with { Score = 0 }));
            Assert.All(one.Entities!.Zip(other.Entities!), pair => Assert.Equal(pair.First.Score, pair.Second.Score, tolerance));
        }
    }
}
