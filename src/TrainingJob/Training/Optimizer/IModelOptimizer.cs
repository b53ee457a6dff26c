using Droptune.TrainingJob.Training.Data;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Training.Optimizer;

/// <summary>Gradients and updates of a whole model by AdamW, with clipping by their global norm.</summary>
public interface IModelOptimizer : IDisposable
{
    /// <summary>The word embeddings of a batch, for <see cref="Model.BertModel.Encode"/>.</summary>
    Tensor Embed(Batch batch);

    /// <summary>Adds the gradients of a loss to those of the next step.</summary>
    void Backward(Tensor loss, Tensor words, Batch batch);

    /// <summary>Updates the model and forgets the gradients.</summary>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="batches">Whose gradients were added up.</param>
    /// <param name="lossScale">What the losses were multiplied by; null = nothing.</param>
    /// <returns>False if scaled gradients overflowed: then the model is as it was.</returns>
    bool Update(double learningRate, int batches = 1, double? lossScale = null);

    /// <summary>Drops the gradients added up since the last step.</summary>
    void Forget();

    /// <summary>Makes every weight current, before the model is evaluated or saved.</summary>
    void CatchUp();

    /// <summary>Moments and steps by name, for a checkpoint.</summary>
    IEnumerable<(string Name, Tensor Value)> State();

    /// <summary>Continues after steps with the given learning rates; weights and <see cref="State"/> are those of then.</summary>
    void ContinueFrom(IReadOnlyList<double> rates);
}
