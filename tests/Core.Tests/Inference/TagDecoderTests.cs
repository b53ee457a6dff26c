using Droptune.Core.Inference;

namespace Droptune.Core.Tests.Inference;

public sealed class TagDecoderTests
{
    private static readonly string[] Tags = ["O", "B-A", "I-A", "B-B", "I-B"];
    private readonly TagDecoder _decoder = new(Tags);

    [Fact]
    public void Viterbi_RandomLogits_FindsTheBestOfAllValidSequences()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var units = 1 + random.Next(5);
            var logits = Enumerable.Range(0, units * Tags.Length).Select(_ => (float)((random.NextDouble() * 8) - 4)).ToArray();

            var path = _decoder.Viterbi(logits);

            var best = Sequences(units).Where(IsValid).MaxBy(ids => Score(ids, logits))!;
            Assert.Equal(best, path);
        }
    }

    [Fact]
    public void Viterbi_EntityThatStartsInside_BecomesAValidOneWhereArgmaxIsNot()
    {
        float[] logits = [0, 1, 4, 0, 0, /**/ 0, 0, 5, 0, 0, /**/ 5, 0, 0, 0, 0];

        Assert.Equal(["I-A", "I-A", "O"], _decoder.Names(_decoder.Argmax(logits)));
        Assert.Equal(["B-A", "I-A", "O"], _decoder.Names(_decoder.Viterbi(logits)));
    }

    [Fact]
    public void Decode_NotConstrained_IsEachUnitsLikeliestTag()
    {
        float[] logits = [0, 1, 4, 0, 0, /**/ 0, 0, 5, 0, 0];

        Assert.Equal(["I-A", "I-A"], _decoder.Names(new TagDecoder(Tags, constrained: false).Decode(logits)));
        Assert.Equal(["B-A", "I-A"], _decoder.Names(_decoder.Decode(logits)));
    }

    [Fact]
    public void Viterbi_NoUnits_GivesNoTags() => Assert.Empty(_decoder.Viterbi([]));

    [Fact]
    public void Spans_NeighboursOfOneLabel_AreKeptApartWithMeanProbabilities()
    {
        float[] logits =
        [
            0, 9, 0, 0, 0,
            0, 0, 1, 0, 0,
            0, 9, 0, 0, 0,
        ];

        var spans = _decoder.Spans([1, 2, 1], logits);

        var sure = 1 / (1 + (4 * Math.Exp(-9)));
        var unsure = 1 / (1 + (4 * Math.Exp(-1)));
        Assert.Equal([(0, 2, "A"), (2, 3, "A")], spans.Select(s => (s.Start, s.End, s.Label)));
        Assert.Equal((sure + unsure) / 2, spans[0].Score, 1e-6);
        Assert.Equal(sure, spans[1].Score, 1e-6);
    }

    private static IEnumerable<int[]> Sequences(int units) => units == 0
        ? [[]]
        : Sequences(units - 1).SelectMany(_ => Enumerable.Range(0, Tags.Length), (start, tag) => (int[])[.. start, tag]);

    private static bool IsValid(int[] ids) => ids.Index().All(
        unit => unit.Item is not (2 or 4) || (unit.Index > 0 && (ids[unit.Index - 1] == unit.Item || ids[unit.Index - 1] == unit.Item - 1)));

    private static float Score(int[] ids, float[] logits) => ids.Index().Sum(unit => logits[(unit.Index * Tags.Length) + unit.Item]);
}
