namespace Droptune.Pipeline.Tests.Ui;

/// <summary>A product that wants keys of other machines; the browser takes it for one by its name.</summary>
public sealed class KeyedApp(AzuriteFixture azurite) : LocalApp(azurite)
{
    public const string OperatorsKey = "the key of operators";
    public const string CallersKey = "the key of callers";

    /// <summary>As another machine calls it.</summary>
    public string Address => $"http://{Browser.OtherName}:{Http.BaseAddress!.Port}";

    protected override IEnumerable<string> Settings => ["--FunctionsKey", OperatorsKey, "--CallersKey", CallersKey];
}
