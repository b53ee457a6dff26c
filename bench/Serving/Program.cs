using Droptune.Bench.Serving;

return args switch
{
    ["export", var folder] => Export.Run(folder),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: export FOLDER");
    return 2;
}
