using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Training.Data;

namespace Droptune.TrainingJob.Tests.Training.Data;

public sealed class BatchPlanTests
{
    private static readonly EncodedSplit Split = Encode(1000);

    [Fact]
    public void Of_MixedLengths_KeepsTheBudgetAndLittlePadding()
    {
        var plan = BatchPlan.Of(Split, 512, new Random(1));

        Assert.Equal(Enumerable.Range(0, Split.Count), plan.SelectMany(b => b).Order());
        Assert.All(plan, batch => Assert.True(batch.Max(Split.Length) * batch.Length <= 512));
        var padded = plan.Sum(batch => batch.Max(Split.Length) * batch.Length);
        Assert.InRange((double)Split.Tokens / padded, 0.9, 1);
    }

    [Fact]
    public void Of_OtherSeeds_OtherNeighboursInAnotherOrder()
    {
        var first = BatchPlan.Of(Split, 512, new Random(1));
        var again = BatchPlan.Of(Split, 512, new Random(1));
        var other = BatchPlan.Of(Split, 512, new Random(2));

        Assert.Equal(first, again);
        Assert.DoesNotContain(first[0].ToHashSet(), other.Select(batch => batch.ToHashSet()), HashSet<int>.CreateSetComparer());
        Assert.NotEqual(first.Select(batch => batch.Max(Split.Length)).Order(), first.Select(batch => batch.Max(Split.Length)));
    }

    [Fact]
    public void Of_SequenceAboveTheBudget_IsABatchByItself() =>
        Assert.All(BatchPlan.Of(Split, 8, new Random(1)), batch => Assert.Single(batch));

    [Fact]
    public void OfLabels_MixedLengths_LabelsStandTogetherAndLittleIsPadding()
    {
        var split = Encode(1000, labels: ["x", "y", "z"]);

        var plan = BatchPlan.OfLabels(split, 512, new Random(1));

        Assert.Equal(Enumerable.Range(0, split.Count), plan.SelectMany(b => b).Order());
        Assert.All(plan, batch => Assert.True(batch.Max(split.Length) * batch.Length <= 512));
        Assert.All(plan.SelectMany(batch => batch.GroupBy(split.TextLabel)).Order(Comparer<IGrouping<int, int>>.Create((a, b) => a.Count() - b.Count())).Skip(3), texts => Assert.True(texts.Count() >= 4));
        Assert.InRange((double)split.Tokens / plan.Sum(batch => batch.Max(split.Length) * batch.Length), 0.75, 1);
        Assert.NotEqual(plan[0].Order(), BatchPlan.OfLabels(split, 512, new Random(2)).SelectMany(batch => batch).Take(plan[0].Length).Order());
    }

    [Fact]
    public void EncodedSplit_LongExample_EachUnitIsLearnedOnce()
    {
        var split = Encode(1, length: 100, maxLength: 16);

        Assert.True(split.Count > 6);
        Assert.Equal(100, Enumerable.Range(0, split.Count).Sum(i => split.Tags(i).ToArray().Count(tag => tag != EncodedSplit.Ignored)));
        Assert.All(Enumerable.Range(0, split.Count), i => Assert.InRange(split.Length(i), 3, 16));
    }

    private static EncodedSplit Encode(int examples, int? length = null, int maxLength = 128, string[]? labels = null)
    {
        var tokenizer = new WordPieceTokenizer(new Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b"]), new());
        var random = new Random(5);
        var made = Enumerable.Range(0, examples).Select(_ => length ?? random.Next(6, 30)).Select(count => new Example
        {
            Tokens = [.. Enumerable.Repeat("a", count)],
            Tags = [.. Enumerable.Repeat("O", count)],
            Label = labels?[random.Next(labels.Length)],
        });
        return EncodedSplit.Of(made.Select(e => (e, EncodedSplit.Tokenize(e, tokenizer))), tokenizer, new(["O"]), labels is null ? null : new(labels), maxLength);
    }
}
