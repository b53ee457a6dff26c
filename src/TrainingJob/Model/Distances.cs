using static TorchSharp.torch;

namespace Droptune.TrainingJob.Model;

/// <summary>
/// What attention reads of distances (He et al. 2021, "DeBERTa: Decoding-enhanced BERT with Disentangled Attention", arXiv:2006.03654;
/// He et al. 2021, "DeBERTaV3", arXiv:2111.09543). A score is the sum of three products: of query and key, of the query and the key of the
/// distance, and of the key and the query of the distance, whose embedding is projected as pieces are. Shapes: B texts, L pieces, H hidden size.
/// </summary>
/// <param name="Embeddings">Of the distances that occur (rows, H).</param>
/// <param name="Chosen">Which of them is that of each distance from -L to L (2L + 1, rows), in ones and zeros.</param>
internal sealed record Distances(Tensor Embeddings, Tensor Chosen)
{
    /// <summary>That a score is the sum of.</summary>
    public const int Products = 3;

    /// <param name="config">How distances become rows.</param>
    /// <param name="length">L.</param>
    /// <param name="table">Embeddings of all distances.</param>
    public static Distances Of(ModelConfig config, int length, Tensor table)
    {
        var rows = PositionBuckets.OfDistances(config, length);
        var used = table.narrow(0, rows[0], rows[^1] - rows[0] + 1);

        // A product with ones and zeros, whose gradient is the same sum each time, unlike that of a look-up on a GPU.
        var chosen = nn.functional.one_hot(tensor(rows, device: table.device) - rows[0], used.shape[0]).to(table.dtype);
        return new(used, chosen);
    }

    /// <summary>The query, shortened as a sum of three products asks for, and what distances add to its scores (B, heads, L, L).</summary>
    /// <param name="query">Of the pieces (B, heads, L, size).</param>
    /// <param name="key">The same.</param>
    /// <param name="projected">Query and key of <see cref="Embeddings"/> (rows, 2H).</param>
    public (Tensor Query, Tensor Scores) Apply(Tensor query, Tensor key, Tensor projected)
    {
        var (heads, size) = (query.shape[1], query.shape[3]);
        var scaled = projected * (1 / Math.Sqrt(Products * size));
        var parts = nn.functional.linear(Chosen, scaled.t()).view(Chosen.shape[0], 2, heads, size).permute(1, 2, 3, 0); // 2 × (heads, size, 2L + 1)
        var scores = Shifted(query, parts[1].flip(-1)) + Shifted(key, parts[0]).transpose(-1, -2);
        return (query * (1 / Math.Sqrt(Products)), scores.transpose(0, 1).contiguous());
    }

    /// <summary>The products of each piece with the distances that it has from the others (heads, B, L, L): of piece i, with L columns from L - i on.</summary>
    private static Tensor Shifted(Tensor pieces, Tensor columns)
    {
        var (texts, heads, length) = (pieces.shape[0], pieces.shape[1], pieces.shape[2]);
        var all = pieces.transpose(0, 1).reshape(heads, texts * length, -1).bmm(columns).view(heads, texts, -1); // (heads, B, L × (2L + 1))

        // Without the first L, in rows of 2L instead of 2L + 1, each row begins a column earlier than the one before it.
        return all.narrow(2, length, 2 * length * length).view(heads, texts, length, 2 * length).narrow(3, 0, length);
    }
}
