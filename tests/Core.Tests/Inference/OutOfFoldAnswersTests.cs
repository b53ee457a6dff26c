using Droptune.Core.Inference;

namespace Droptune.Core.Tests.Inference;

public sealed class OutOfFoldAnswersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("droptune-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task AnswerAsync_TextsThatWereLearnedFrom_GetTheKeptAnswersAndOthersTheModels()
    {
        var text = PredictInput.OfText("to new york");
        var words = PredictInput.OfTokens(["to", "rome"]);
        new OutOfFoldAnswers
        {
            Folds = 5,
            Answers = new Dictionary<string, OutOfFoldAnswer>
            {
                [OutOfFoldAnswers.KeyOf(text)] = OutOfFoldAnswer.Of(new() { Label = new("a", 0.5f), Entities = [new("city", "new york", 3, 11, 0.75f)], Pieces = 3 }),
                [OutOfFoldAnswers.KeyOf(words)] = OutOfFoldAnswer.Of(new() { Tags = ["O", "B-city"], TagScores = [1, 0.25f] }),
            },
        }.Save(_folder);

        var answers = await OutOfFoldAnswers.Find(_folder)!.AnswerAsync(
            [PredictInput.OfText("to rome"), text, words, PredictInput.OfText("to New York")],
            (inputs, _) => Task.FromResult<IReadOnlyList<Prediction>>([.. inputs.Select(_ => new Prediction { Label = new("own", 1) })]),
            TestContext.Current.CancellationToken);

        Assert.Equal(["own", "a", null, "own"], answers.Select(answer => answer.Label?.Name));
        Assert.Equal(new PredictedEntity("city", "new york", 3, 11, 0.75f), Assert.Single(answers[1].Entities!));
        Assert.Equal([1, 0.25f], answers[2].TagScores!);
    }

    [Fact]
    public void Save_Answers_HoldsNoText()
    {
        var answer = OutOfFoldAnswer.Of(new() { Entities = [new("city", "new york", 3, 11, 0.75f)] });

        new OutOfFoldAnswers { Folds = 5, Answers = new Dictionary<string, OutOfFoldAnswer> { [OutOfFoldAnswers.KeyOf(PredictInput.OfText("to new york"))] = answer } }.Save(_folder);

        Assert.DoesNotContain("york", File.ReadAllText(Path.Combine(_folder, "out-of-fold.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void KeyOf_TextAndWordsOfOneSound_Differ() =>
        Assert.Equal(3, new[] { PredictInput.OfText("a b"), PredictInput.OfTokens(["a", "b"]), PredictInput.OfTokens(["a b"]) }.Select(OutOfFoldAnswers.KeyOf).Distinct().Count());

    [Fact]
    public void Find_FolderWithout_IsNull() => Assert.Null(OutOfFoldAnswers.Find(_folder));
}
