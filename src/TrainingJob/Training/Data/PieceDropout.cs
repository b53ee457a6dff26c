using Droptune.Core.Text.Pieces;

namespace Droptune.TrainingJob.Training.Data;

/// <summary>Replaces pieces by [UNK] at random, so that a model learns to go by context where a word is new.</summary>
public sealed class PieceDropout(Tokenizer tokenizer, double part)
{
    public void Apply(Batch batch, Random random)
    {
        if (part == 0)
        {
            return;
        }

        foreach (ref var id in batch.Ids.AsSpan())
        {
            if (id != tokenizer.PadId && id != tokenizer.ClsId && id != tokenizer.SepId && random.NextSingle() < part)
            {
                id = tokenizer.UnkId;
            }
        }
    }
}
