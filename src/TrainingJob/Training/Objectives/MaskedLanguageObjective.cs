using Droptune.Core.Text.Pieces;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;

using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Droptune.TrainingJob.Training.Objectives;

/// <summary>
/// Guessing hidden pieces (Devlin et al. 2018, "BERT", 3.1): of the pieces to guess 80 % become [MASK], 10 % any piece and 10 %
/// stay. A unit is hidden whole (whole-word masking): a piece is no riddle while its neighbours in the word stand there.
/// </summary>
public sealed class MaskedLanguageObjective(Tokenizer tokenizer, double part, Device device) : IObjective
{
    private readonly bool[] _continues = [.. Enumerable.Range(0, tokenizer.Count).Select(tokenizer.Continues)];

    public bool UsesAllWords => true;

    public void Prepare(Batch batch, Random random)
    {
        var (hide, ids, places, pieces) = (false, batch.Ids, batch.HiddenPlaces, batch.HiddenPieces);
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] == tokenizer.PadId || ids[i] == tokenizer.ClsId || ids[i] == tokenizer.SepId)
            {
                continue;
            }

            hide = _continues[ids[i]] ? hide : random.NextDouble() < part;
            if (hide)
            {
                places.Add(i);
                pieces.Add(ids[i]);
                ids[i] = random.NextDouble() switch
                {
                    < 0.8 => tokenizer.MaskId,
                    < 0.9 => random.Next(_continues.Length),
                    _ => ids[i],
                };
            }
        }

        if (places.Count == 0)
        {
            places.Add(1); // a batch must have a loss
            pieces.Add(ids[1]);
        }
    }

    public Tensor Loss(BertModel model, Tensor hidden, Batch batch) => F.cross_entropy(
        model.Guess(hidden.flatten(0, 1).index_select(0, batch.HiddenPlaceTensor(device))), batch.HiddenPieceTensor(device));

    public DevScores? Evaluate(BertModel model) => null;
}
