using System.IO.Hashing;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Quality;

/// <summary>Finds text labels whose examples use the same words: the cosine of their tf-idf weights.</summary>
internal sealed class LabelProfiles
{
    private const int MaxLabels = 300; // pairs are compared one by one
    private const int Buckets = 1 << 12; // words are told apart by 12 bits of their hash
    private readonly List<float[]?> _words = []; // by label id

    public void Add(int label, ReadOnlySpan<byte> text)
    {
        if (label >= MaxLabels)
        {
            return;
        }

        while (_words.Count <= label)
        {
            _words.Add(null);
        }

        var words = _words[label] ??= new float[Buckets];
        while (!text.IsEmpty)
        {
            var length = WordLength(text);
            if (length > 0)
            {
                words[HashOf(text[..length])]++;
            }

            text = text[Math.Max(length, 1)..];
        }
    }

    /// <summary>The 20 most similar pairs, from a similarity of a half on.</summary>
    public IReadOnlyList<ConfusableLabels> Find(LabelTable labels)
    {
        Weigh();
        var pairs = new List<ConfusableLabels>();
        for (var a = 0; a < _words.Count; a++)
        {
            for (var b = a + 1; b < _words.Count; b++)
            {
                if (_words[a] is { } first && _words[b] is { } second
                    && System.Numerics.Tensors.TensorPrimitives.Dot<float>(first, second) is >= 0.5f and var similarity)
                {
                    pairs.Add(new ConfusableLabels(labels[a], labels[b], null, Math.Round(similarity, 3), null));
                }
            }
        }

        return [.. pairs.OrderByDescending(pair => pair.Similarity).ThenBy(pair => pair.First, StringComparer.Ordinal).Take(20)];
    }

    /// <summary>Turns counts into unit vectors of (1 + log tf) · idf.</summary>
    private void Weigh()
    {
        var present = _words.Where(words => words is not null).ToList();
        for (var word = 0; word < Buckets; word++)
        {
            var documents = present.Count(words => words![word] > 0);
            var idf = MathF.Log((1f + present.Count) / (1f + documents));
            foreach (var words in present)
            {
                words![word] = words[word] > 0 ? (1 + MathF.Log(words[word])) * idf : 0;
            }
        }

        foreach (var words in present)
        {
            var norm = System.Numerics.Tensors.TensorPrimitives.Norm<float>(words);
            if (norm > 0)
            {
                System.Numerics.Tensors.TensorPrimitives.Divide(words, norm, words);
            }
        }
    }

    /// <summary>ASCII letters and digits make a word together, any other character is one by itself; 0 = what divides.</summary>
    private static int WordLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (length < text.Length && char.IsAsciiLetterOrDigit((char)text[length]))
        {
            length++;
        }

        if (length > 0 || text[0] < 0x80)
        {
            return length;
        }

        System.Text.Rune.DecodeFromUtf8(text, out _, out length);
        return length;
    }

    private static int HashOf(ReadOnlySpan<byte> word)
    {
        Span<byte> lower = stackalloc byte[64];
        var length = System.Text.Ascii.IsValid(word) && word.Length <= lower.Length
            && System.Text.Ascii.ToLower(word, lower, out var written) == System.Buffers.OperationStatus.Done ? written : 0;
        return (int)(XxHash3.HashToUInt64(length > 0 ? lower[..length] : word) % Buckets);
    }
}
