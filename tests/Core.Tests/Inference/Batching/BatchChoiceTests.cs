using CsCheck;
using Droptune.Core.Inference.Batching;

namespace Droptune.Core.Tests.Inference.Batching;

public class BatchChoiceTests
{
    private const int MaxLength = 128;

    [Fact]
    public void Choose_AnyLengthsAgainAndAgain_TakesEachOnceInBatchesOfTheOldestThatFit() =>
        Gen.Select(Gen.Int[2, MaxLength].Array[1, 200], Gen.Int[0, 600]).Sample((lengths, budget) =>
        {
            var waiting = lengths.ToList();
            while (waiting.Count > 0)
            {
                var batch = Choose(waiting, budget);
                var (pieces, padded) = (batch.Sum(), batch.Count * batch.Max());
                Assert.Contains(waiting[0], batch);
                Assert.True(batch.Count == 1 || padded <= budget, $"{padded} of {budget} pieces");
                Assert.True(padded - pieces <= 32 + (padded / 10), $"{padded - pieces} of {padded} pieces are padding");
                Assert.All(batch, length => Assert.True(waiting.Remove(length)));
            }
        });

    [Theory]
    [InlineData(new[] { 16, 16, 16, 16 }, 512, new[] { 16, 16, 16, 16 })]
    [InlineData(new[] { 16, 16, 16, 16 }, 50, new[] { 16, 16, 16 })]
    [InlineData(new[] { 100, 16, 16 }, 50, new[] { 100 })] // larger than the budget: alone
    [InlineData(new[] { 20, 60, 21, 19, 18 }, 62, new[] { 18, 19, 20 })] // 3 x 21 pieces are too many, 3 x 20 not
    [InlineData(new[] { 20, 60, 21, 19, 18 }, 512, new[] { 18, 19, 20, 21 })] // 4 x 40 pieces of padding for 60
    [InlineData(new[] { 10, 42 }, 512, new[] { 10, 42 })] // 32 pieces of padding cost less than a run
    [InlineData(new[] { 10, 53 }, 512, new[] { 10 })] // 43 do not, even with a tenth of 106
    [InlineData(new[] { 60, 10, 100 }, 512, new[] { 60, 100 })] // who is too short does not keep the longer away
    public void Choose_OldestAndOthers_TakesTheNearestThatFit(int[] waiting, int budget, int[] expected) =>
        Assert.Equal(expected, Choose(waiting, budget));

    // In order of arrival; what is taken, by length.
    private static List<int> Choose(IReadOnlyList<int> waiting, int budget)
    {
        var (waitingOf, takenOf) = (new int[MaxLength + 1], Enumerable.Repeat(9, MaxLength + 1).ToArray()); // nines: of the batch before
        foreach (var length in waiting)
        {
            waitingOf[length]++;
        }

        var pieces = BatchChoice.Choose(waitingOf, waiting[0], budget, takenOf);

        var batch = takenOf.SelectMany((count, length) => Enumerable.Repeat(length, count)).ToList();
        Assert.Equal(batch.Sum(), pieces);
        return batch;
    }
}
