namespace Droptune.Core.Datasets;

/// <summary>The part of a dataset that an example belongs to.</summary>
public enum Split
{
    Train,
    Dev,
    Test,
}
