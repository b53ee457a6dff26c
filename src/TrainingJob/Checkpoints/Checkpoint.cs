using Droptune.TrainingJob.Training;
using static TorchSharp.torch;

namespace Droptune.TrainingJob.Checkpoints;

/// <summary>
/// A training's state in a folder, written every few minutes: a run that is killed continues from it and ends with the same
/// model as one that was not. <c>{stage}.json</c> names the file with the tensors, and is switched last.
/// </summary>
public sealed class Checkpoint(string folder, string stage, string identity, TimeSpan interval, TimeProvider clock, Action<string>? written)
{
    private long _last = clock.GetTimestamp();

    private string StatePath => Path.Combine(folder, $"{stage}.json");

    /// <summary>Saves if the last time is long enough ago.</summary>
    public void SaveIfDue(Trainer trainer)
    {
        if (clock.GetElapsedTime(_last) >= interval)
        {
            Save(trainer);
        }
    }

    public void Save(Trainer trainer)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(folder);
        var tensors = $"{stage}-{trainer.State.Epoch}-{trainer.State.Batches}.safetensors";
        SafeTensors.Write(Path.Combine(folder, tensors), trainer.Tensors());

        var temporary = StatePath + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(new Document(identity, tensors, trainer.State), DroptuneJson.Compact));
        File.Move(temporary, StatePath, overwrite: true);
        foreach (var old in Directory.GetFiles(folder, $"{stage}-*.safetensors").Where(file => Path.GetFileName(file) != tensors))
        {
            File.Delete(old);
        }

        _last = clock.GetTimestamp();
        written?.Invoke(folder);
    }

    /// <summary>Continues where the saved training was; does nothing if there is none, or it is of another run.</summary>
    public void Restore(Trainer trainer)
    {
        if (!File.Exists(StatePath)
            || JsonSerializer.Deserialize<Document>(File.ReadAllText(StatePath), DroptuneJson.Compact) is not { } saved
            || saved.Identity != identity)
        {
            return;
        }

        using var scope = NewDisposeScope();
        trainer.Restore(saved.State, SafeTensors.Read(Path.Combine(folder, saved.Tensors)));
    }

    private sealed record Document(string Identity, string Tensors, TrainingState State);
}
