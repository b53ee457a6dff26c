using Droptune.Core.Models;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;
using Droptune.TrainingJob.Training.Objectives;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Tests.Training.Objectives;

public sealed class MaskedLanguageObjectiveTests
{
    private const int Texts = 500;
    private const int Words = 20; // a text, of two pieces each

    private static readonly WordPieceTokenizer Tokenizer = new(
        new Vocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Letters(""), .. Letters(Vocabulary.Continuation)]), new());

    [Fact]
    public void Prepare_EveryPieceIsToGuess_EightInTenAreMaskedOneIsAnyPieceOneStays()
    {
        var batch = SomeBatch();
        var before = batch.Ids.ToArray();

        new MaskedLanguageObjective(Tokenizer, part: 1, CPU).Prepare(batch, new Random(1));

        var pieces = before.Zip(batch.Ids).Where(piece => !IsSpecial(piece.First)).ToList();
        Assert.Equal(2 * Words * Texts, pieces.Count);
        Assert.Equal(0.8, Part(piece => piece.After == Tokenizer.MaskId), 0.01);
        Assert.Equal(0.1, Part(piece => piece.After != Tokenizer.MaskId && piece.After != piece.Before), 0.01);
        Assert.Equal(0.1, Part(piece => piece.After == piece.Before), 0.01);
        Assert.Equal(Tokenizer.Vocabulary.Count, pieces.Where(piece => piece.Second != piece.First).Select(piece => piece.Second).Distinct().Count());
        Assert.All(before.Zip(batch.Ids).Where(piece => IsSpecial(piece.First)), piece => Assert.Equal(piece.First, piece.Second));

        double Part(Func<(int Before, int After), bool> condition) => pieces.Count(condition) / (double)pieces.Count;
    }

    [Fact]
    public void Prepare_APartIsToGuess_HidesThatPartOfTheWordsAndThoseWhole()
    {
        var batch = SomeBatch();
        var before = batch.Ids.ToArray();

        new MaskedLanguageObjective(Tokenizer, part: 0.3, CPU).Prepare(batch, new Random(1));

        var words = Enumerable.Range(0, Texts).SelectMany(row => Enumerable.Range(0, Words).Select(word => (row * batch.Width) + 1 + (2 * word)))
            .Select(at => (First: batch.Ids[at] == Tokenizer.MaskId, Second: batch.Ids[at + 1] == Tokenizer.MaskId)).ToList();
        Assert.Equal(0.3 * 0.8, words.Count(word => word.First) / (double)words.Count, 0.02);
        Assert.Equal(0.8, words.Count(word => word.First && word.Second) / (double)words.Count(word => word.First), 0.03);
    }

    [Fact]
    public void Loss_NothingIsHidden_IsThatOfOnePiece()
    {
        var objective = new MaskedLanguageObjective(Tokenizer, part: 0, CPU);
        var config = new ModelConfig
        {
            VocabSize = Tokenizer.Vocabulary.Count,
            HiddenSize = 64,
            NumHiddenLayers = 1,
            NumAttentionHeads = 1,
            IntermediateSize = 64,
        };
        using var scope = NewDisposeScope();
        using var model = new BertModel(config, new BertWeights(config, CPU, language: true));
        var batch = SomeBatch();
        var before = batch.Ids.ToArray();

        objective.Prepare(batch, new Random(1));
        var loss = objective.Loss(model, model.Encode(model.Embed(batch.IdTensor(CPU)), null), batch);

        Assert.Equal(before, batch.Ids);
        Assert.Equal(Math.Log(Tokenizer.Vocabulary.Count), loss.item<float>(), 1.0); // as good as a guess
    }

    private static Batch SomeBatch()
    {
        var random = new Random(1);
        var examples = Enumerable.Range(0, Texts).Select(_ => new Example { Tokens = [.. Enumerable.Range(0, Words).Select(_ => Letter() + Letter())], Tags = [] });
        var split = EncodedSplit.Of(examples.Select(e => (e, EncodedSplit.Tokenize(e, Tokenizer))), Tokenizer, null, null, 64);
        return new(split, [.. Enumerable.Range(0, Texts)], Tokenizer.PadId);

        string Letter() => $"{(char)('a' + random.Next(26))}";
    }

    private static IEnumerable<string> Letters(string before) => Enumerable.Range('a', 26).Select(letter => before + (char)letter);

    private static bool IsSpecial(int id) => id == Tokenizer.PadId || id == Tokenizer.ClsId || id == Tokenizer.SepId;
}
