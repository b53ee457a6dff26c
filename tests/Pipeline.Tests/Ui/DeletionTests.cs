using System.IO.Compression;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Microsoft.Playwright;

namespace Droptune.Pipeline.Tests.Ui;

/// <summary>What takes the operator's key: to take a version away, and what cannot be undone, deletions and forgetting.</summary>
public sealed class DeletionTests(KeyedApp app, Browser browser) : IClassFixture<KeyedApp>, IClassFixture<Browser>
{
    private const string Served = "0123456789ab";
    private const string Spare = "ba9876543210";
    private const string Person = "my name is jane roe";

    [Fact]
    public async Task Page_KeysDownloadDeletionsAndForgetting()
    {
        var page = await browser.OpenAsync(app.Address);
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        await AddModelAsync();
        await app.DropAsync("gone/train.jsonl", $$"""{"text":"{{Person}}","label":"a"}""");
        using (await app.UntilAsync("datasets/gone", dataset => dataset.Text("state") == "Rejected"))
        {
        }

        await EnterTheKeyAsync(page);
        await DownloadAVersionAsync(page);
        await DeleteAVersionAsync(page);
        await DeleteTheModelAsync(page);
        await ForgetAsync(page);
        await DeleteTheDatasetAsync(page);

        Assert.Empty(errors);
    }

    /// <summary>A wrong key is refused, the callers' opens no page, and who declines is told how to go on.</summary>
    private static async Task EnterTheKeyAsync(IPage page)
    {
        await page.GotoAsync("/api/ui#/models");
        var dialog = page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Enter the key" }).First.ClickAsync();
        foreach (var key in new[] { "a key of nobody", KeyedApp.CallersKey })
        {
            await dialog.GetByLabel("Key", new() { Exact = true }).FillAsync(key);
            await dialog.GetByRole(AriaRole.Button, new() { Name = "Use the key" }).ClickAsync();
            await dialog.GetByText("The key was refused").WaitForAsync();
        }

        await dialog.GetByLabel("Key", new() { Exact = true }).FillAsync(KeyedApp.OperatorsKey);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Use the key" }).ClickAsync();
        await page.Locator("main table a[href*='#/models/support']").First.WaitForAsync();
    }

    private static async Task DownloadAVersionAsync(IPage page)
    {
        await page.GotoAsync("/api/ui#/models/support");
        var download = await page.RunAndWaitForDownloadAsync(() => page.Locator("table.side-by-side").GetByRole(AriaRole.Button, new() { Name = "Download" }).First.ClickAsync());

        Assert.Equal($"support-{Served}.zip", download.SuggestedFilename);
        using var archive = ZipFile.OpenRead(await download.PathAsync());
        Assert.Contains("config.json", archive.Entries.Select(entry => entry.FullName));
    }

    private async Task DeleteAVersionAsync(IPage page)
    {
        await page.GotoAsync("/api/ui#/models/support");
        var dialog = await OpenAsync(page.Locator("table.side-by-side"));
        await dialog.GetByText("files of models").WaitForAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        Assert.NotNull(await Models.FindVersionAsync("support", Spare, TestContext.Current.CancellationToken));

        dialog = await OpenAsync(page.Locator("table.side-by-side"));
        await ConfirmAsync(dialog);
        await page.GetByText(Spare, new() { Exact = true }).First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Null(await Models.FindVersionAsync("support", Spare, TestContext.Current.CancellationToken));
    }

    private async Task DeleteTheModelAsync(IPage page)
    {
        await ConfirmAsync(await OpenAsync(page.Locator("p.lead .actions")));
        await page.WaitForURLAsync("**/ui#/models");
        await page.GetByText("support", new() { Exact = true }).First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.Null(await Models.FindAsync("support", TestContext.Current.CancellationToken));
    }

    private static async Task ForgetAsync(IPage page)
    {
        await page.GotoAsync("/api/ui#/datasets");
        await page.GetByLabel("The whole text of the example").FillAsync(Person);
        await page.GetByRole(AriaRole.Button, new() { Name = "Forget a text" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Forget a text" }).ClickAsync();
        await page.GetByRole(AriaRole.Status).GetByText("gone/train.jsonl").First.WaitForAsync(); // a dropped file is the user's
        await page.TakeAsync("forgotten");
    }

    private async Task DeleteTheDatasetAsync(IPage page)
    {
        await page.GotoAsync("/api/ui#/datasets/gone");
        await ConfirmAsync(await OpenAsync(page.Locator("p.lead .actions")));
        await page.WaitForURLAsync("**/ui#/datasets");
        await page.Locator("main table a[href*='#/datasets/gone']").First.WaitForAsync(new() { State = WaitForSelectorState.Detached });
        Assert.False(await app.Storage.Container(StorageNames.Datasets).GetBlobClient("gone/train.jsonl").ExistsAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Presses the button and waits until the dialog says what goes along.</summary>
    private static async Task<ILocator> OpenAsync(ILocator place)
    {
        await place.GetByRole(AriaRole.Button, new() { Name = "Delete" }).First.ClickAsync();
        var dialog = place.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Listitem).First.WaitForAsync();
        return dialog;
    }

    private static Task ConfirmAsync(ILocator dialog) => dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

    private ModelStore Models => new(app.Storage, TimeProvider.System);

    private async Task AddModelAsync()
    {
        foreach (var version in new[] { Served, Spare })
        {
            foreach (var file in Directory.GetFiles(TestData.PathOf("models", "lexicon")))
            {
                await app.Storage.Container(StorageNames.Models).GetBlobClient(ModelStore.Folder("support", version) + Path.GetFileName(file)).UploadAsync(file, overwrite: true);
            }

            await Models.AddVersionAsync(
                new()
                {
                    Model = "support",
                    Version = version,
                    RunId = version + "0000",
                    Dataset = "gone",
                    DatasetVersion = "0",
                    Task = TaskKind.Joint,
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                },
                CancellationToken.None);
        }

        await Models.PromoteAsync("support", Served, "test", CancellationToken.None);
    }
}
