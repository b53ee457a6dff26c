using Droptune.Core.Labels;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Training.Data;

namespace Droptune.TrainingJob.Tests.Training.Data;

public sealed class MentionSwapTests
{
    private static readonly LabelSet Tags = LabelSet.OfEntities(["city", "product"]);

    private static readonly Example[] Examples =
    [
        new() { Tokens = ["to", "rome", "please"], Tags = ["O", "B-city", "O"], Label = "travel" },
        new() { Tokens = ["to", "new", "york"], Tags = ["O", "B-city", "I-city"], Label = "travel" },
        new() { Tokens = ["new", "york", "rome"], Tags = ["B-city", "I-city", "B-city"], Label = "travel" },
        new() { Tokens = ["a", "lamp"], Tags = ["O", "B-product"], Label = "shop" },
    ];

    // "york" is two pieces: the second has no tag, and belongs to the first.
    private static readonly WordPieceTokenizer Tokenizer = new(
        new Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "to", "rome", "new", "yo", "##rk", "please", "a", "lamp"]), new());

    [Fact]
    public void Apply_EveryMention_IsOneOfItsLabelInTheSamePlace()
    {
        var swap = new MentionSwap(Encode(Examples), Tags, 1, 128);
        var random = new Random(3);

        var seen = Enumerable.Range(0, 50).SelectMany(_ => Texts(swap.Apply(random))).ToHashSet();

        string[] rome = ["rome/B-city"], york = ["new/B-city yo/I-city ##rk/"];
        string[] cities = [.. rome, .. york];
        string[] expected =
        [
            "a/O lamp/B-product",
            .. cities.SelectMany(first => cities.Select(second => $"{first} {second}")),
            .. cities.Select(city => $"to/O {city}"),
            .. cities.Select(city => $"to/O {city} please/O"),
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Apply_Part_ReplacesAboutThatMany()
    {
        var split = Encode([.. Enumerable.Repeat(Examples[0], 1000), Examples[1]]);

        var varied = new MentionSwap(split, Tags, 0.4, 128).Apply(new Random(3));

        Assert.InRange(Texts(varied).Count(text => text.Contains("yo/", StringComparison.Ordinal)), 150, 250);
        Assert.Equal(Enumerable.Range(0, split.Count).Select(split.TextLabel), Enumerable.Range(0, split.Count).Select(varied.TextLabel));
    }

    [Fact]
    public void Apply_MentionThatMakesATextTooLong_IsNotTaken()
    {
        var swap = new MentionSwap(Encode(Examples, maxLength: 6), Tags, 1, 6);
        var random = new Random(3);

        var seen = Enumerable.Range(0, 50).SelectMany(_ => Texts(swap.Apply(random))).ToHashSet();

        Assert.Contains("to/O rome/B-city please/O", seen);
        Assert.DoesNotContain("to/O new/B-city yo/I-city ##rk/ please/O", seen);
    }

    [Fact]
    public void Apply_WindowsOfALongText_StayAsTheyAre()
    {
        var words = Enumerable.Range(0, 30).ToArray();
        var example = new Example { Tokens = [.. words.Select(_ => "rome")], Tags = [.. words.Select(_ => "B-city")] };
        var split = Encode([example, Examples[1]], maxLength: 12);

        var varied = new MentionSwap(split, Tags, 1, 12).Apply(new Random(3));

        Assert.True(split.Count > 3);
        Assert.Equal(Texts(split), Texts(varied));
    }

    private static EncodedSplit Encode(Example[] examples, int maxLength = 128) => EncodedSplit.Of(
        examples.Select(e => (e, EncodedSplit.Tokenize(e, Tokenizer))), Tokenizer, Tags, new(["shop", "travel"]), maxLength);

    /// <summary>Each sequence as "piece/tag", without [CLS] and [SEP], which are checked to be there.</summary>
    private static IEnumerable<string> Texts(EncodedSplit split)
    {
        for (var sequence = 0; sequence < split.Count; sequence++)
        {
            var (ids, tags) = (split.Ids(sequence).ToArray(), split.Tags(sequence).ToArray());
            Assert.Equal((Tokenizer.ClsId, Tokenizer.SepId), (ids[0], ids[^1]));
            yield return string.Join(' ', ids[1..^1].Zip(tags[1..^1], (id, tag) =>
                $"{Tokenizer.Vocabulary[id]}/{(tag == EncodedSplit.Ignored ? "" : Tags[tag])}"));
        }
    }
}
