/* A flag computed from the status, or set under the test of it, decides on the next attempt. */
unsigned long unlock_vdev(struct cca_vdev *vdev)
{
	unsigned long ret;
	bool again;

	do {
		ret = rmi_vdev_unlock(vdev->rd, vdev->pdev_pa, vdev->pa);
		again = RMI_RETURN_STATUS(ret) == RMI_BUSY;	/* expect: unbounded-retry */
	} while (again);

	return ret;
}

unsigned long destroy_vdev(struct cca_vdev *vdev)
{
	unsigned long ret;
	bool retry;

	do {
		retry = false;
		ret = rmi_vdev_destroy(vdev->rd, vdev->pdev_pa, vdev->pa);
		if (RMI_RETURN_STATUS(ret) == RMI_BUSY)	/* expect: unbounded-retry */
			retry = true;
	} while (retry);

	return ret;
}

unsigned long stop_vdev(struct cca_vdev *vdev)
{
	bool done;

	do {
		done = RMI_RETURN_STATUS(rmi_vdev_stop(vdev->rd, vdev->pa)) != RMI_BUSY;	/* expect: unbounded-retry */
	} while (!done);

	return 0;
}
