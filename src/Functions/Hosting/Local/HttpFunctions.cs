using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using Droptune.Functions.Http;
using Droptune.Functions.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Hosting.Local;

/// <summary>Maps the HTTP functions of this assembly onto Kestrel by their <see cref="HttpTriggerAttribute"/>.</summary>
internal static class HttpFunctions
{
    private const string KeyHeader = "x-functions-key";

    public static void Map(WebApplication app)
    {
        // Routing's own 404 and 405 come without a body.
        app.UseStatusCodePages(pages => pages.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => WriteAsync(pages.HttpContext, ProblemKinds.UnknownPath, "docs/api.md lists the addresses; /api/openapi.json describes them."),
            StatusCodes.Status405MethodNotAllowed => WriteAsync(pages.HttpContext, ProblemKinds.MethodNotAllowed, $"Use {pages.HttpContext.Response.Headers.Allow}."),
            _ => Task.CompletedTask,
        });
        var keys = new Keys(app.Configuration["FunctionsKey"], app.Configuration["CallersKey"]);
        app.MapGet("/", context =>
        {
            context.Response.Redirect($"/{HttpFunction.RoutePrefix}/{ShowPage.Route}");
            return Task.CompletedTask; // a RequestDelegate: for any other lambda ASP.NET compiles an expression at the start
        });
        foreach (var function in HttpFunction.All)
        {
            app.MapMethods(
                $"/{HttpFunction.RoutePrefix}/{function.Trigger.Route}", function.Trigger.Methods!, Handler(function, app.Services, keys));
        }
    }

    private static RequestDelegate Handler(HttpFunction function, IServiceProvider services, Keys keys)
    {
        // One for all requests, as none keeps anything of one; made when the first comes.
        var instance = new Lazy<object>(() => ActivatorUtilities.CreateInstance(services, function.Method.DeclaringType!));
        var invoker = MethodInvoker.Create(function.Method);
        var parameters = function.Method.GetParameters();
        return async context =>
        {
            if (function.Trigger.AuthLevel != AuthorizationLevel.Anonymous && !IsLocal(context) && !keys.Open(function, context.Request))
            {
                await WriteAsync(context, ProblemKinds.KeyRequired, function.IsForCallers ? Keys.CallersAdvice : Keys.Advice);
                return;
            }

            var arguments = Array.ConvertAll(parameters, parameter => Bind(parameter, context));
            var returned = invoker.Invoke(instance.Value, arguments);
            var result = returned is Task<IActionResult> task ? await task : (IActionResult)returned!;
            await result.ExecuteResultAsync(new ActionContext { HttpContext = context });
        };
    }

    private static object? Bind(ParameterInfo parameter, HttpContext context) => parameter.ParameterType switch
    {
        var type when type == typeof(HttpRequest) => context.Request,
        var type when type == typeof(CancellationToken) => context.RequestAborted,
        var type when type == typeof(string) => context.Request.RouteValues[parameter.Name!] as string,
        var type => throw new NotSupportedException($"An HTTP function cannot take a {type.Name}."),
    };

    private static Task WriteAsync(HttpContext context, ProblemKind kind, string detail) =>
        Problem.Answer(kind, detail).ExecuteResultAsync(new ActionContext { HttpContext = context });

    /// <summary>
    /// From this machine, to a name of this machine: a web page that had its own name resolved to 127.0.0.1 must not get in.
    /// </summary>
    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && context.Request.Host.Host.TrimEnd('.') is var name
        && (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var host) && IPAddress.IsLoopback(host)));

    /// <summary>The two rights of requests from other machines; a key that is not set opens nothing.</summary>
    private sealed record Keys(string? All, string? Callers)
    {
        public const string Advice =
            $"Requests from other machines need the key of the setting 'FunctionsKey' in the header '{KeyHeader}'; without that setting all are refused.";

        public const string CallersAdvice =
            $"Requests from other machines need the key of the setting 'CallersKey' (or 'FunctionsKey') in the header '{KeyHeader}'; without such a setting all are refused.";

        public bool Open(HttpFunction function, HttpRequest request)
        {
            var given = Encoding.UTF8.GetBytes(request.Headers[KeyHeader].ToString() is { Length: > 0 } header ? header : request.Query[RequestParameters.Key].ToString());
            return Is(given, All) || (function.IsForCallers && Is(given, Callers));
        }

        private static bool Is(byte[] given, string? key) =>
            !string.IsNullOrEmpty(key) && CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(key));
    }
}
