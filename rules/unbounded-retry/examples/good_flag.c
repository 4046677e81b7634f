/* The flag allows one more attempt, or the loop pauses before it. */
unsigned long unlock_vdev(struct cca_vdev *vdev)
{
	bool first = true;
	unsigned long ret;

	for (;;) {
		ret = rmi_vdev_unlock(vdev->rd, vdev->pdev_pa, vdev->pa);
		if (RMI_RETURN_STATUS(ret) != RMI_BUSY || !first)
			break;
		first = false;
	}

	return ret;
}

unsigned long destroy_vdev(struct cca_vdev *vdev)
{
	unsigned long ret;
	bool again;

	do {
		ret = rmi_vdev_destroy(vdev->rd, vdev->pdev_pa, vdev->pa);
		again = RMI_RETURN_STATUS(ret) == RMI_BUSY;
		if (again)
			cpu_relax();
	} while (again);

	return ret;
}

unsigned long stop_vdev(struct cca_vdev *vdev)
{
	unsigned long ret;
	bool failed;

	do {
		ret = rmi_vdev_stop(vdev->rd, vdev->pa);
		failed = RMI_RETURN_STATUS(ret) == RMI_BUSY;
	} while (!failed && ret == RMI_INCOMPLETE);

	return ret;
}

int give_up_vdev(struct cca_vdev *vdev)
{
	bool over = false;
	unsigned long st;
	int tries = 0;

	while (!over) {
		st = rmi_vdev_destroy(vdev->rd, vdev->pdev_pa, vdev->pa);
		if (RMI_RETURN_STATUS(st) == RMI_BUSY) {
			if (++tries > 5)
				over = true;
		} else {
			over = true;
		}
	}

	return 0;
}
