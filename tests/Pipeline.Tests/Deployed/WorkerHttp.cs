using System.Net;
using System.Net.Sockets;
using Droptune.Pipeline.Tests.Deployed.Rpc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace Droptune.Pipeline.Tests.Deployed;

/// <summary>Brings HTTP requests to the worker as Azure's host does: it calls the function, and sends the request itself after with the call's id.</summary>
internal sealed class WorkerHttp(WorkerHost worker) : DelegatingHandler(new SocketsHttpHandler { ConnectCallback = ConnectAsync })
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly List<(string Function, string[] Methods, TemplateMatcher Route)> _routes =
        [.. worker.Functions.Values.Where(function => function.Type == "httpTrigger").Select(function => (
            function.Name,
            function.Trigger.GetProperty("methods").EnumerateArray().Select(method => method.GetString()!).ToArray(),
            new TemplateMatcher(TemplateParser.Parse($"api/{function.Trigger.Text("route")}"), [])))];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var values = new RouteValueDictionary();
        var (function, _, _) = _routes.Find(route =>
            route.Methods.Contains(request.Method.Method, StringComparer.OrdinalIgnoreCase) && route.Route.TryMatch(request.RequestUri!.AbsolutePath, values));
        if (function is null)
        {
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        }

        var id = $"{Guid.NewGuid()}";
        var call = worker.InvokeAsync(function, values: values.Select(value => KeyValuePair.Create(value.Key, $"{value.Value}")), id: id);
        request.RequestUri = new Uri(worker.HttpAddress, request.RequestUri!.PathAndQuery);
        request.Headers.Add("x-ms-invocation-id", id);
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        if ((await call.WaitAsync(cancellationToken)).Status != StatusResult.Types.Status.Success)
        {
            response.StatusCode = HttpStatusCode.InternalServerError;
        }

        return response;
    }

    /// <summary>A worker says that it is ready shortly before it listens: Azure's host tries again as well.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        while (true)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                socket.Dispose();
                await Task.Delay(Pause, cancellationToken);
            }
        }
    }
}
